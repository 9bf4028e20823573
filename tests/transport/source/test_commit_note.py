"""What stands beside a committed offset is read back as it was written, and nothing else is taken for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.transport.partitions.committed import Commit
from streams.transport.source.commit_note import CommitNote
from streams.transport.source.customer_keys import CustomerKeyError, refuse_other_key
from streams.transport.source.source_options import SourceOptions

words = st.text("abcdefghij0123456789_", min_size=1, max_size=22)


@given(
    st.builds(CommitNote, st.integers(1, 2**53), st.integers(1, 2**53), st.just("") | words, st.just("") | words),
)
def test_a_note_is_read_as_it_was_written(note: CommitNote) -> None:
    assert CommitNote.read(str(note)) == note


@given(st.text())
def test_what_somebody_else_wrote_is_no_note_or_times_only(text: str) -> None:
    note = CommitNote.read(text)

    assert note == CommitNote() or note.largest is not None


def test_before_anything_was_counted_nothing_is_noted() -> None:
    assert str(CommitNote(-1, -1, "topic", "key")) == ""


def test_notes_of_earlier_versions_have_no_key() -> None:
    assert CommitNote.read("77 80") == CommitNote(77, 80)
    assert CommitNote.read("77 80 abc") == CommitNote(77, 80, "abc")


def options(key: str, replaced: str = "") -> SourceOptions:
    return SourceOptions(1, 0, 30, 1.0, 5.0, 1.0, customer_key=key, replaced_key=replaced)


def commits(*keys: str) -> list[Commit]:
    return [Commit(1, str(CommitNote(77, 80, "t", key))) for key in keys]


@pytest.mark.parametrize(
    ("counted", "ours", "replaced"),
    [(("a", "a"), "a", ""), ((), "a", ""), (("",), "a", ""), (("a", "b"), "b", "a"), (("",), "", "")],
)
def test_the_same_key_no_key_before_and_the_key_that_is_replaced_will_do(
    counted: tuple[str, ...], ours: str, replaced: str
) -> None:
    refuse_other_key(commits(*counted), options(ours, replaced))


@pytest.mark.parametrize(("counted", "ours"), [("a", "b"), ("a", "")])
def test_another_key_or_none_is_refused_with_the_remedy(counted: str, ours: str) -> None:
    with pytest.raises(CustomerKeyError, match="customer_key_replaces: a"):
        refuse_other_key(commits("", counted), options(ours))
