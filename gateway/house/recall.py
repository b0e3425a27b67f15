"""A journal in, the state as it was out: the newest snapshot and the inputs recorded after it, folded in again.

Everything stands as it did before the power was cut: open alerts, who is inside, open doors, runs of fever, spent
passes, replay counters. Numbers follow the journal, so that what comes next fits on.
"""

import logging
from collections.abc import Iterator

from msgspec import Struct

from gateway.bodies import read_body
from gateway.entries import EntryClass, Record
from gateway.gatekeeper import Gatekeeper
from gateway.journal.journal import Journal
from gateway.state.state import RULES_VERSION, State, thaw

log = logging.getLogger(__name__)


def recall(journal: Journal) -> Gatekeeper:
    """A gatekeeper that remembers. Blocks for as long as reading takes; meant for the start of the house."""
    snapshot = journal.newest_snapshot(RULES_VERSION) or journal.newest_snapshot(None)
    state = thaw(snapshot.state) if snapshot else State()
    state.rules_version = RULES_VERSION
    gatekeeper = Gatekeeper(state)
    findings: dict[int, bytes] = {}
    differing = 0

    def inputs() -> Iterator[tuple[Record, Struct]]:
        nonlocal differing
        for record in journal.replay(snapshot.number if snapshot else 0):
            if record.body is None:
                continue
            if record.entry_class is EntryClass.INPUT:
                yield record, read_body(record.body)
            else:
                findings[record.number] = record.body

    concluded = {entry.number: entry.body for entry in gatekeeper.replay(inputs())}
    differing = sum(concluded.get(number) != body for number, body in findings.items())
    if differing:
        log.error("journal: %d of %d findings since the snapshot come out otherwise now", differing, len(findings))
    state.number = journal.last
    return gatekeeper
