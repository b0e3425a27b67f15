"""A flat in, the code on the inside of its door out, and back. Floor 6.

A code is 120 bits of an HMAC over the flat's id under a key of this gateway: nobody guesses one, nobody makes one, and
it says nothing about the flat to whoever reads it elsewhere. It opens one page: that flat's requests.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable

CODE_BYTES = 15
CODE_LETTERS = 24
EMPTY: frozenset[str] = frozenset()


class WindowCodes:
    """`key` is 32 random bytes; with another one every printed code is void."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._known: frozenset[str] = EMPTY
        self._flats: dict[str, str] = {}

    def code_of(self, flat: str) -> str:
        digest = hmac.new(self._key, b"menshen window\0" + flat.encode(), hashlib.sha256).digest()
        return base64.b32encode(digest[:CODE_BYTES]).decode().lower()

    def flat_of(self, code: str, flats: Iterable[str]) -> str | None:
        """The flat of a code among those that are there; looked up in a table made once for each set of flats."""
        if len(code) != CODE_LETTERS:
            return None
        known = flats if isinstance(flats, frozenset) else frozenset(flats)
        if known != self._known:
            self._known, self._flats = known, {self.code_of(flat): flat for flat in known}
        return self._flats.get(code)
