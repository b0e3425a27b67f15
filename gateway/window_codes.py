"""A flat in, the code on the inside of its door out, and back. Floor 6.

A code is 120 bits of an HMAC over the flat's id under a key of this gateway: nobody guesses one, nobody makes one, and
it says nothing about the flat to whoever reads it elsewhere. It opens one page: that flat's requests. One that got
about is renewed (gateway/registry/window_answers.py): then the id of that order goes into it.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from gateway.registry.registry import Registry
from gateway.registry.sealing import SealError
from gateway.registry.storage import BookUnreadable, NotKept

CODE_BYTES = 15
CODE_LETTERS = 24
EMPTY: frozenset[str] = frozenset()
NONE_RENEWED: Mapping[str, str] = MappingProxyType({})
BOOK = "window_codes"  # of the registry: flat -> the order that renewed its code


def renewed_in(registry: Registry) -> Mapping[str, str]:
    """Flat -> the order that renewed its code last; none where the book is damaged."""
    try:
        return {flat: str(doc["order"]) for flat, doc in registry.book(BOOK).all()}
    except (BookUnreadable, SealError):
        return NONE_RENEWED


def note_renewed(registry: Registry, flat: str, order: str) -> None:
    """Raises NotKept."""
    try:
        registry.book(BOOK).put(flat, {"order": order}, None)
    except (BookUnreadable, SealError) as exc:
        raise NotKept(BOOK, str(exc)) from exc


class WindowCodes:
    """`key` is 32 random bytes; with another one every printed code is void. `renewed`: flat -> id of the order."""

    def __init__(self, key: bytes, renewed: Callable[[], Mapping[str, str]] = lambda: NONE_RENEWED) -> None:
        self._key = key
        self._renewed = renewed
        self._made_with: Mapping[str, str] = NONE_RENEWED
        self._known: frozenset[str] = EMPTY
        self._flats: dict[str, str] = {}

    def code_of(self, flat: str) -> str:
        order = self._renewed().get(flat, "")
        said = b"menshen window\0" + flat.encode() + (b"\0" + order.encode() if order else b"")
        digest = hmac.new(self._key, said, hashlib.sha256).digest()
        return base64.b32encode(digest[:CODE_BYTES]).decode().lower()

    def flat_of(self, code: str, flats: Iterable[str]) -> str | None:
        """The flat of a code among those that are there; looked up in a table made once for each set of flats."""
        if len(code) != CODE_LETTERS:
            return None
        known = flats if isinstance(flats, frozenset) else frozenset(flats)
        renewed = self._renewed()
        if known != self._known or renewed != self._made_with:
            self._known, self._made_with = known, dict(renewed)
            self._flats = {self.code_of(flat): flat for flat in known}
        return self._flats.get(code)
