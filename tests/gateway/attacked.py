"""Codes held to the scanners of four lanes in, what came of each out; and what must never come of one."""

from datetime import timedelta

from msgspec import Struct

from devices.driver import Output
from devices.reading import CodeSeen
from gateway.entries import Act
from gateway.events.every import PassShown
from gateway.findings import Decision, Reason, Verdict
from gateway.limits import Limits
from gateway.passes.trust import Trust
from gateway.passes.verify import Why
from tests.day_site import NORTH, SOUTH, WAYS, day_site, scanner
from tests.gateway.keeping import Kept

SOUTH_IN, SOUTH_OUT, NORTH_IN, NORTH_BOTH = f"{SOUTH}/in", f"{SOUTH}/out", f"{NORTH}/in", f"{NORTH}/both"
ONE_OF_EACH = [SOUTH_IN, SOUTH_OUT, NORTH_BOTH]
FORGED, UNREADABLE = Reason.FORGED, Reason.UNREADABLE
NOBODY_IS_MISSED = Limits(unattended_seconds=0.0)


class Seen(Struct, frozen=True):
    """What came of one code."""

    shown: PassShown
    decision: Decision
    opened: int


class AtTheGate:
    """A house with four lanes that knows its keys; somebody comes every ten seconds."""

    def __init__(self, trust: Trust | None, *, clock_trusted: bool = True) -> None:
        self.kept = Kept(day_site(), NOBODY_IS_MISSED, clock_trusted=clock_trusted)
        self.kept.gatekeeper.trust = trust

    def show(self, lane: str, text: str, device: str = "") -> Seen:
        self.kept.pass_time(timedelta(seconds=10))
        self.kept.hear(device or scanner(lane), CodeSeen(text), link=scanner(lane))
        batch = self.kept.batches[-1]
        (shown,) = (body for body in batch.bodies if isinstance(body, PassShown))
        (decision,) = (body for body in batch.bodies if isinstance(body, Decision))
        actions = [effect.action for effect in batch.effects if isinstance(effect, Act)]
        return Seen(shown, decision, sum(isinstance(action, Output) for action in actions))


def holds(seen: Seen, reason: Reason | None = None) -> None:
    """Not let in, not locked in, and named."""
    assert seen.decision.verdict is not Verdict.ADMIT
    assert seen.opened == 0
    if WAYS[seen.decision.lane] != "in":
        assert seen.decision.verdict is Verdict.REFER
    assert seen.decision.reason is not Reason.ADMITTED
    if reason is UNREADABLE and seen.shown.why == Why.NOT_OURS:
        reason = Reason.NOT_A_PASS
    if reason is not None:
        assert seen.decision.reason is reason
    if reason in (FORGED, UNREADABLE, Reason.NOT_A_PASS):
        assert seen.shown.why
        assert (seen.decision.cti, seen.decision.subject) == ("", "")
