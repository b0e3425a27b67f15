"""Alerts and the hour in, whom to tell now out: channel after channel, until somebody has taken it.

A value and no task: instants are seconds of any steady clock. Told on one channel, an alert waits there
(`wait_seconds`) and goes on to the next; after the last it starts over, with growing pauses. A channel that fails costs
no waiting; if all of them fail, they are soon tried again. Memory is small and bounded, and rebuilt from the open
alerts at a start: what was told just before is told once more.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from msgspec import Struct

from gateway.findings import Alert, AlertState
from gateway.kinds import Severity

MOST_PENDING = 500
FIRST_ROUND_SECONDS = 300.0  # from the end of the first round to the second; doubled each time
LONGEST_ROUND_SECONDS = 3600.0
FIRST_RETRY_SECONDS = 10.0  # where no channel took it; doubled each time
LONGEST_RETRY_SECONDS = 300.0

_ORDER = tuple(Severity)  # gravest first


class Rung(Struct, frozen=True):
    """A channel as escalation sees it. `gap_seconds`: a robot takes about 20 messages a minute; alerts are gathered."""

    name: str
    suits: Callable[[Alert], bool]
    wait_seconds: float
    gap_seconds: float = 3.0
    own: Callable[[Alert], bool] = lambda alert: False  # of whoever the alert is assigned to


@dataclass(slots=True)
class _Pending:
    alert: Alert
    rungs: tuple[int, ...]
    due: float
    step: int = 0
    rounds: int = 0  # in a row that somebody was told
    failures: int = 0  # in a row that nobody was told
    told: bool = False  # by any channel of this round
    flying: bool = False  # a channel is at it just now
    anew: bool = False  # meanwhile it was asked for anew

    @property
    def rung(self) -> int:
        return self.rungs[self.step]


class Escalation:
    def __init__(self, rungs: Sequence[Rung]) -> None:
        self._rungs = tuple(rungs)
        self._pending: dict[str, _Pending] = {}
        self._free_at = [0.0] * len(self._rungs)
        self.left_out = 0  # alerts that found no room; the open ones are looked through again when there is some

    def __len__(self) -> int:
        return len(self._pending)

    def see(self, alert: Alert, now: float) -> None:
        """A revision. Taken, cleared, shelved, held or closed, nobody is told any more; if quiet, not yet. Reminded of,
        or given to somebody, it begins anew, also when it was taken before."""
        if not alert.phones:
            self._pending.pop(alert.id, None)
            return
        rungs = self._of(alert)
        if (known := self._pending.get(alert.id)) is not None:
            anew = rungs != known.rungs or _asks(alert) > _asks(known.alert)
            known.alert = alert  # one more on the count is no new happening
            if known.flying:
                known.anew |= anew
            if not anew or known.flying:
                return
            del self._pending[alert.id]  # the next one is called: by their own channels, from the first
        if not rungs:
            return
        if len(self._pending) >= MOST_PENDING and not self._make_room(alert):
            self.left_out += 1
            return
        self._pending[alert.id] = _Pending(alert, rungs, now)

    def fill(self, alerts: Iterable[Alert], now: float) -> None:
        """Those that are open: at a start, and when those that had no room may have some."""
        self.left_out = 0
        for alert in alerts:
            self.see(alert, now)

    @property
    def has_room_again(self) -> bool:
        return self.left_out > 0 and len(self._pending) <= MOST_PENDING // 2

    def due(self, rung: int, now: float) -> list[Alert]:
        """What this channel is to say now, gravest first; until `told` or `failed` it is its own."""
        if now < self._free_at[rung]:
            return []
        ready = [each for each in self._pending.values() if self._waits_for(each, rung) and each.due <= now]
        for each in ready:
            each.flying = True
        return sorted((each.alert for each in ready), key=lambda alert: (_rank(alert), alert.raised_at, alert.id))

    def next_at(self, rung: int) -> float | None:
        """When this channel will have something to say, as far as is known now."""
        soonest = min((each.due for each in self._pending.values() if self._waits_for(each, rung)), default=None)
        return None if soonest is None else max(soonest, self._free_at[rung])

    def told(self, rung: int, alerts: Iterable[Alert], now: float) -> None:
        self._free_at[rung] = now + self._rungs[rung].gap_seconds
        for each in self._landed(alerts, now):
            each.told = True
            self._step_on(each, now, now + self._rungs[rung].wait_seconds)

    def failed(self, rung: int, alerts: Iterable[Alert], now: float) -> None:
        self._free_at[rung] = now + self._rungs[rung].gap_seconds
        for each in self._landed(alerts, now):
            self._step_on(each, now, now)

    def _waits_for(self, each: _Pending, rung: int) -> bool:
        return not each.flying and each.rung == rung

    def _of(self, alert: Alert) -> tuple[int, ...]:
        """The channels for it, in order. What was taken, and then given to somebody with a channel, is theirs alone."""
        own = {index for index, rung in enumerate(self._rungs) if alert.given and rung.own(alert)}
        if own and alert.given_last and alert.state is AlertState.ACKNOWLEDGED:
            return tuple(sorted(own))
        return tuple(index for index, rung in enumerate(self._rungs) if index in own or rung.suits(alert))

    def _landed(self, alerts: Iterable[Alert], now: float) -> Iterable[_Pending]:
        """Those somebody has taken meanwhile are no longer there; those asked for anew begin anew."""
        for alert in alerts:
            if (each := self._pending.get(alert.id)) is None:
                continue
            each.flying = False
            if each.anew:
                del self._pending[alert.id]
                self.see(each.alert, now)
            else:
                yield each

    def _step_on(self, each: _Pending, now: float, due: float) -> None:
        each.due = due
        each.step += 1
        if each.step < len(each.rungs):
            return
        each.step = 0
        if each.told:
            pause = min(LONGEST_ROUND_SECONDS, FIRST_ROUND_SECONDS * 2.0 ** min(each.rounds, 16))
            each.rounds, each.failures = each.rounds + 1, 0
        else:
            pause = min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2.0 ** min(each.failures, 16))
            each.failures += 1
        each.told = False
        each.due = max(due, now + pause)

    def _make_room(self, alert: Alert) -> bool:
        """A graver alert takes the place of the least grave, newest one."""
        least = max(self._pending.values(), key=lambda each: (_rank(each.alert), each.alert.raised_at))
        if _rank(least.alert) <= _rank(alert):
            return False
        del self._pending[least.alert.id]
        self.left_out += 1
        return True


def _asks(alert: Alert) -> int:
    return alert.reminded + alert.given


def _rank(alert: Alert) -> int:
    return _ORDER.index(alert.severity)
