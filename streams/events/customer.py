"""The customer of an event: known by a keyed hash only, from the moment the event is decoded."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, Final

from streams.events.case_hash import CaseHash

SHORTEST_KEY: Final = 16
LONGEST_KEY: Final = 64
_HASH_BYTES: Final = 16
_PURPOSE_OF_HASH: Final = b"pharos-customer"
_PURPOSE_OF_FINGERPRINT: Final = b"pharos-key-id"


class Customer(str):
    """The hash of a customer's id, in hexadecimal. Empty where the installation has no key: nobody is known then."""

    __slots__ = ()


_NOBODY_KNOWN: Final = Customer()


class CustomerKey:
    """Hashes the ids of customers with BLAKE2b, keyed (RFC 7693): without the key nobody can try ids one by one.

    All workers of an installation have one key, since a customer must be the same to all of them.

    Attributes:
        fingerprint: tells two keys apart and does not reveal them; "" without a key.
        cases: hashes what names a case, such as an order; not keyed without a key.

    """

    def __init__(self, key: bytes = b"") -> None:
        """`key`: 16 to 64 bytes, or none. Raises ValueError for another length."""
        if key and not SHORTEST_KEY <= len(key) <= LONGEST_KEY:
            raise ValueError(f"a key of customers has {SHORTEST_KEY} to {LONGEST_KEY} bytes")
        self._begun = blake2b(digest_size=_HASH_BYTES, key=key, person=_PURPOSE_OF_HASH) if key else None
        self.cases = CaseHash(key)
        self.fingerprint = blake2b(digest_size=8, key=key, person=_PURPOSE_OF_FINGERPRINT).hexdigest() if key else ""

    def hashed(self, text: str) -> Customer:
        """What is known of a customer: the same for the same text and key.

        >>> key = CustomerKey(b"a secret of this shop")
        >>> key.hashed("C-1029") == key.hashed("C-1029") != key.hashed("C-1030")
        True
        >>> CustomerKey().hashed("C-1029")
        ''
        """
        if self._begun is None or not text:
            return _NOBODY_KNOWN
        hashing = self._begun.copy()  # to take in the key again for each event costs as much as the rest
        hashing.update(text.encode("utf-8", "surrogatepass"))
        return Customer(hashing.hexdigest())

    def decode(self, kind: type, value: Any) -> Any:
        """For msgspec, as its `dec_hook`. Raises TypeError for a customer that is no text."""
        if kind is not Customer or not isinstance(value, str):
            raise TypeError("a customer is a text")
        return self.hashed(value)


NOBODY: Final = CustomerKey()
"""Without a key: no customer is known."""
