"""The staff book in, who may log in out. A check of a PIN is as slow for a name nobody has.

A volunteer's document also says from when until when the code is good. A book that cannot be read is no reason to keep
a house shut: `NoStaff` stands in for it, and nobody logs in until it is mended.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from typing import Any

from gateway.pages.access import Member, Role
from gateway.registry.registry import Book
from gateway.staff.pins import LEAST_DIGITS, SALT_BYTES, hash_pin, is_outdated, is_scrypt, verify_pin

NOBODY = hash_pin("0000", bytes(SALT_BYTES))  # compared against for an id that nobody has, so that it takes as long
NOBODY_BEFORE = "scrypt$14$8$AAECAwQFBgcICQoLDA0ODw==$zqTxOQ9+JdPlblLqzTpgLMM2UTmilg/97SVoXbGeuf8="


def least_digits(role: Role) -> int:
    """Of a new PIN. Who may do everything has one that is not guessed in a year of patience."""
    return 6 if role is Role.CHIEF else LEAST_DIGITS


class StaffBook:
    """Fulfils gateway.pages.access.Staff. Documents are {"name", "role", "pin"}; the id is the document's.

    `flush` returns when the book is on disk.
    """

    damaged = ""

    def __init__(self, book: Book, flush: Callable[[], Awaitable[None]]) -> None:
        self._book = book
        self._flush = flush

    def find(self, member: str) -> Member | None:
        doc = self._book.get(member)
        if doc is None or doc["role"] not in set(Role):  # a role of a later version opens nothing here
            return None
        return Member(
            id=member,
            name=str(doc["name"]),
            role=Role(doc["role"]),
            mark=str(doc.get("mark") or doc["pin"])[-16:],
            starts=_hour(doc.get("starts")),
            ends=_hour(doc.get("ends")),
        )

    def named(self, text: str) -> Member | None:
        """By id or by a name only one member has."""
        wanted = text.strip()
        if self._book.get(wanted) is not None:
            return self.find(wanted)
        bearers = [identity for identity, doc in self._book.all() if doc["name"] == wanted]
        return self.find(bearers[0]) if len(bearers) == 1 else None

    def all(self) -> Iterator[Member]:
        """Everybody, by id."""
        for identity, _ in sorted(self._book.all()):
            member = self.find(identity)
            if member is not None:
                yield member

    def verify(self, member: str, pin: str) -> bool:
        doc = self._book.get(member)
        kept = str(doc["pin"]) if doc else NOBODY
        fits = verify_pin(pin, kept)
        # while one PIN is still kept by scrypt, everybody's check takes both ways' time: else who was never here since
        # the change would show in it
        if any(is_scrypt(str(each["pin"])) for _, each in list(self._book.all())):
            verify_pin(pin, NOBODY if is_scrypt(kept) else NOBODY_BEFORE)
        return fits and doc is not None

    async def keep_anew(self, member: str, pin: str) -> None:
        """After a right PIN: keep it as PINs are kept today, if it is not. The member's log-ins go on."""
        doc = self._book.get(member)
        if doc is None or not is_outdated(str(doc["pin"])):
            return
        kept = await asyncio.to_thread(hash_pin, pin, secrets.token_bytes(SALT_BYTES))
        if self._book.get(member) is doc:  # nobody gave a new PIN meanwhile
            mark = str(doc.get("mark") or doc["pin"])[-16:]
            self._book.put(member, {**doc, "pin": kept, "mark": mark}, None)

    async def put(self, member: Member, pin: str) -> None:
        """Add somebody, or give a new PIN, which ends old log-ins; on disk before this returns.

        Raises ValueError for what is no PIN, or too short a one for that role, NotKept.
        """
        if len(pin) < (least := least_digits(member.role)):
            raise ValueError(f"the PIN of a {member.role} has at least {least} digits")
        kept = await asyncio.to_thread(hash_pin, pin, secrets.token_bytes(SALT_BYTES))
        self._book.put(member.id, document(member, kept), None)
        await self._flush()

    async def strike_off(self, member: str) -> None:
        """Raises NotKept."""
        self._book.remove(member, None)
        await self._flush()


class NoStaff:
    """Fulfils gateway.pages.access.Staff where the book cannot be read: nobody is known. `damaged` says why."""

    def __init__(self, why: str) -> None:
        self.damaged = why

    def find(self, member: str) -> Member | None:
        return None

    def named(self, text: str) -> Member | None:
        return None

    def all(self) -> Iterator[Member]:
        return iter(())

    def verify(self, member: str, pin: str) -> bool:
        return False

    async def keep_anew(self, member: str, pin: str) -> None:
        raise LookupError(member)

    async def put(self, member: Member, pin: str) -> None:
        raise LookupError(member.id)

    async def strike_off(self, member: str) -> None:
        raise LookupError(member)


def document(member: Member, kept: str) -> dict[str, Any]:
    """What stands in the book of a member. `kept` is what may be kept of the PIN."""
    doc = {"name": member.name, "role": str(member.role), "pin": kept}
    hours = {"starts": member.starts, "ends": member.ends}
    return doc | {name: at.isoformat() for name, at in hours.items() if at is not None}


def _hour(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None
