"""What stands beside a committed offset: how far the partition was in time, and what it was counted with."""

from __future__ import annotations

from typing import NamedTuple, Self

_NONE = "-"


class CommitNote(NamedTuple):
    """The metadata of a commit.

    Attributes:
        largest: the largest event time that was counted, in ms; None where somebody else wrote the commit.
        watermark: in ms; None as above.
        topic_id: of the topic that was counted; "" where the broker gives none.
        customer_key: the fingerprint of the key that hashed the customers; "" where there was none.

    """

    largest: int | None = None
    watermark: int | None = None
    topic_id: str = ""
    customer_key: str = ""

    @classmethod
    def read(cls, text: str) -> Self:
        """What a worker wrote; nothing for what somebody else wrote, such as a reset of the group.

        >>> CommitNote.read("1762747200000 1762747170000 4nBqvSsrQd2")
        CommitNote(largest=1762747200000, watermark=1762747170000, topic_id='4nBqvSsrQd2', customer_key='')
        >>> CommitNote.read("by hand")
        CommitNote(largest=None, watermark=None, topic_id='', customer_key='')
        """
        largest, watermark, topic_id, customer_key, *_ = [*text.split(" "), "", "", "", ""]
        if not (largest.isdecimal() and watermark.isdecimal()):
            return cls()
        return cls(int(largest), int(watermark), "" if topic_id == _NONE else topic_id, customer_key)

    def __str__(self) -> str:
        """Empty where nothing was counted yet."""
        if not self.largest or not self.watermark or self.largest < 0 or self.watermark < 0:
            return ""
        topic_id = self.topic_id or (_NONE if self.customer_key else "")
        return f"{self.largest} {self.watermark} {topic_id} {self.customer_key}".rstrip()
