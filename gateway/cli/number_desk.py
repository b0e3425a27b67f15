"""The book of cards and plates as it is or will be out, a change of it to the house in: what commands on it share."""

from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from gateway.cli.plan import registry_of
from gateway.config.plan import Plan
from gateway.passes.cards import CardFormat
from gateway.passes.numbers import Entry
from gateway.registry.numbers import SUFFIX, Change, drop, entries_in, forms_in, read_change
from gateway.registry.sealing import load_key


async def books(plan: Plan) -> tuple[dict[str, Entry], set[str], list[CardFormat]]:
    """Entries by id as they are or will be, those that the house has not taken yet, and the readers' formats."""
    async with registry_of(plan) as registry:
        standing = {each.id: each for each in entries_in(registry)}
        forms = forms_in(registry)
    waiting: set[str] = set()
    for change, entries in _waiting(plan):
        standing |= {each.id: each for each in entries}
        forms += [form for form in change.forms if form not in forms]
        gone = {each: standing[each] for each in change.withdraw if each in standing}
        standing |= {each: replace(entry, withdrawn=True) for each, entry in gone.items()}
        waiting |= {each.id for each in entries} | gone.keys()
    return standing, waiting, forms


def _waiting(plan: Plan) -> Iterator[tuple[Change, list[Entry]]]:
    key = _key(plan)
    for path in sorted(_incoming(plan).glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime_ns):
        try:
            yield read_change(path, key)
        except FileNotFoundError:  # the house took it just now
            continue


def hand_in(plan: Plan, change: Change, entries: list[Entry]) -> None:
    drop(_incoming(plan), change, entries, _key(plan))


def _incoming(plan: Plan) -> Path:
    return plan.config.gateway.data / "numbers" / "incoming"


def _key(plan: Plan) -> bytes:
    return load_key(plan.config.gateway.data / "secrets" / "registry.key", create=False)
