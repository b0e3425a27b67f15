"""A book of two cards and two plates, and a gatekeeper that has it."""

from typing import Any

from msgspec.structs import replace

from devices.reading import CardSeen, PlateSeen, Seen
from gateway.compound import Device, DeviceKind, Site
from gateway.interpret.readings import CodeKeys
from gateway.passes.cards import CardFormat, Order, Part, Printed
from gateway.passes.numbers import Entry, Medium, NumberBook
from tests.gateway.keeping import BO, BOTH, IN, OUT, Kept, make_site

KEY = b"k" * 32
FACILITY = CardFormat(
    bits=24,
    reader_bits=26,
    parity=True,
    inverted=False,
    order=Order.STRAIGHT,
    reader_part=Part.LOW,
    printed=Printed.FACILITY,
    printed_bits=24,
    printed_part=Part.LOW,
)
PRINTED, READ = "018,41143", CardSeen(26, (18 << 16 | 41143) << 1 | 1)
UNKNOWN_CARD = CardSeen(26, (18 << 16 | 41144) << 1)
PLATE, NEW_ENERGY, UNKNOWN_PLATE = "沪A12345", "沪AD12345", "沪A99999"
READERS = {IN: "reader-in", OUT: "reader-out", BOTH: "reader-both"}
ENTRIES = {
    Medium.CARD: Entry(
        id="ca4d000000000001", medium=Medium.CARD, number=PRINTED, holder="resident", compound="palm", subject=BO
    ),
    Medium.PLATE: Entry(
        id="ca40000000000001", medium=Medium.PLATE, number=PLATE, holder="resident", compound="palm", subject=BO
    ),
}
SEEN: dict[Medium, Seen] = {Medium.CARD: READ, Medium.PLATE: PlateSeen(PLATE, 0.97)}
UNKNOWN: dict[Medium, Seen] = {Medium.CARD: UNKNOWN_CARD, Medium.PLATE: PlateSeen(UNKNOWN_PLATE, 0.97)}


def book(*entries: Entry) -> NumberBook:
    return NumberBook(entries, [FACILITY], KEY)


def with_readers(*entries: Entry, **options: Any) -> Kept:
    site = make_site()
    readers = tuple(Device(name, DeviceKind.SCANNER, name, lane) for lane, name in READERS.items())
    kept = Kept(Site(site.street, (*site.devices, *readers)), **options)
    kept.gatekeeper.codes = CodeKeys(numbers=book(*entries))
    return kept


def entry(medium: Medium, **changes: Any) -> Entry:
    return replace(ENTRIES[medium], **changes)
