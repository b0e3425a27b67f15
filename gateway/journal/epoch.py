"""A journal file in; is it still the one this machine wrote last, or a copy of it? out: its epoch.

A restored or cloned journal would give numbers a second time that the centre already has under other contents, and
those records would be dropped there as repeats. So a copy starts a new epoch. Two signs tell a copy:

- the fingerprint kept inside (machine and inode) is not that of the file it stands in;
- the mark kept beside it has another epoch, or a higher number: the file was overwritten by an older one.

A whole disk written back onto the same machine shows neither; then the centre's acknowledgement is above our last
number, and `renew` asks for a new epoch at the next start.

What the centre had not confirmed is numbered anew, 1, 2, 3 ... in the new epoch: sent twice at worst, lost never.
"""

import errno
import logging
import os
import secrets
from pathlib import Path

import apsw
import msgspec
from msgspec import Struct

from gateway.journal.schema import transaction

log = logging.getLogger(__name__)

MACHINE_FILES = (
    Path("/etc/machine-id"),  # systemd's, random per installation; machine-id(5)
    Path("/sys/firmware/devicetree/base/serial-number"),  # a Raspberry Pi's own; a cloned card keeps the machine id
)


class Epoch(Struct, frozen=True):
    """`number` counts the epochs of this file; `name` is the random word the centre knows it by.

    `lost`: how many records this journal once had and has no more, as far as the mark beside it tells.
    """

    number: int
    name: str
    is_new: bool
    lost: int = 0


class Mark(Struct, frozen=True):
    """How far this journal had come, written beside it now and then."""

    epoch: str
    number: int


def machine() -> str:
    """What stays the same as long as this is the same machine; empty where nothing tells."""
    said = [file.read_bytes().strip(b"\0\n ").decode("ascii", "replace") for file in MACHINE_FILES if file.is_file()]
    return "/".join(said)


def settle_epoch(db: apsw.Connection, path: Path, machine_name: str) -> Epoch:
    """The epoch this journal goes on in: the last one, or a new one if this is a new journal or a copy."""
    meta = {str(name): str(value) for name, value in db.execute("select name, value from meta")}
    fingerprint = f"{machine_name}:{path.stat().st_ino}"
    newest = db.execute("select number, name from epoch order by number desc limit 1").fetchone()
    last = db.execute("select coalesce(max(number), 0) from record").get
    mark = read_mark(path)
    copied = meta.get("fingerprint") != fingerprint or "renew" in meta
    if newest is not None and not copied and (mark is None or (mark.epoch == newest[1] and mark.number <= last)):
        return Epoch(number=newest[0], name=newest[1], is_new=False)
    lost = max(0, mark.number - last) if mark is not None else 0
    if mark is not None and lost:
        log.error(
            "journal: %s held %d records and now holds %d: it was lost, or is an old copy; "
            "what stood in the others (stays, open alerts, who is inside) is not known any more",
            path,
            mark.number,
            last,
        )
    number = 1 if newest is None else newest[0] + 1
    name = secrets.token_hex(8)
    with transaction(db):
        db.execute("insert into epoch values(?, ?, ?)", (number, name, last + 1))
        db.execute("insert or replace into meta values('fingerprint', ?)", (fingerprint,))
        db.execute("delete from meta where name = 'renew'")
        _number_anew(db, number)
    write_mark(path, Mark(epoch=name, number=last))
    return Epoch(number=number, name=name, is_new=True, lost=lost)


def ask_for_renewal(db: apsw.Connection) -> None:
    """Have the next start begin a new epoch. Durable when this returns."""
    with transaction(db):
        db.execute("insert or replace into meta values('renew', 'yes')")


def _number_anew(db: apsw.Connection, epoch: int) -> None:
    """Carry what the centre has not confirmed into the new epoch; what was deleted unsent needs no number any more."""
    db.execute(
        """
        with waiting as (
            select r.number as number, row_number() over (partition by r.stream order by r.number) as fresh
            from record r left join bookmark b on b.stream = r.stream
            where r.stream is not null and r.epoch = :last and r.body is not null
                and r.stream_number > coalesce(b.upto, 0)
        )
        update record set epoch = :epoch, stream_number = waiting.fresh from waiting
            where record.number = waiting.number
        """,
        {"epoch": epoch, "last": epoch - 1},
    )
    db.execute("update bookmark set upto = 0")


def mark_path(path: Path) -> Path:
    return path.with_name(path.name + ".mark")


def read_mark(path: Path) -> Mark | None:
    """The mark beside the journal; None if there is none, or a power cut tore it (it is never needed, only helpful)."""
    try:
        return msgspec.json.decode(mark_path(path).read_bytes(), type=Mark)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def write_mark(path: Path, mark: Mark) -> None:
    """Replace the mark. One that lags behind the journal is harmless: nothing is fsynced, a full disk keeps the old."""
    fresh = mark_path(path).with_suffix(".fresh")
    try:
        fresh.write_bytes(msgspec.json.encode(mark))
        os.replace(fresh, mark_path(path))
    except OSError as exc:
        if exc.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
