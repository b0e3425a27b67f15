"""The staff book in, who may log in out. PINs are kept as scrypt hashes; a check is as slow for a name nobody has."""

from gateway.pages.access import Member, Role
from gateway.pins import hash_pin, verify_pin
from gateway.registry import Book

NOBODY = hash_pin("0000", bytes(16))  # compared against for an id that nobody has, so that it takes as long


class StaffBook:
    """Fulfils gateway.pages.access.Staff. Documents are {"name", "role", "pin"}; the id is the document's."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def find(self, member: str) -> Member | None:
        doc = self._book.get(member)
        if doc is None:
            return None
        return Member(id=member, name=str(doc["name"]), role=Role(doc["role"]), mark=str(doc["pin"])[-16:])

    def named(self, text: str) -> Member | None:
        """By id or by a name only one member has."""
        wanted = text.strip()
        if self._book.get(wanted) is not None:
            return self.find(wanted)
        bearers = [identity for identity, doc in self._book.all() if doc["name"] == wanted]
        return self.find(bearers[0]) if len(bearers) == 1 else None

    def verify(self, member: str, pin: str) -> bool:
        doc = self._book.get(member)
        fits = verify_pin(pin, str(doc["pin"]) if doc else NOBODY)
        return fits and doc is not None
