"""Readings, orders and the hour in; journal entries out. It never waits and never looks at a clock.

Floor 4, a pure room. Its whole state is one serialisable value, the fold over the journal's inputs: an event, an order
or a struck hour moves it on, and moving it on again from the same inputs gives the same state and the same findings.

    reading -> condense -> interpret -> event --+
    order   ------------------------------------+--> consider: what fell due before, then the rules -> findings
    the hour -> what falls due ----------------+

The order of one batch is the order of the journal: an input first, then what was concluded from it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from devices.driver import Output
from devices.reading import LinkSeen, Reading
from gateway.alerts.life import cancel, ease, settle
from gateway.bodies import body_of, heard_of
from gateway.compound import Places
from gateway.condense.condenser import Condenser
from gateway.drills import decided, marked
from gateway.enact.every import answered, enact, refusal
from gateway.enact.privacy import note_deletion
from gateway.entries import Act, Batch, Confirm, Entry, EntryClass, Record, source_key
from gateway.events.every import BandHeard, ClockSet, ConfigLoaded, Event, HourStruck, HouseOpened, TemperatureTaken
from gateway.events.retention import ContentsDeleted, TimesOver
from gateway.findings import Anomaly, Cancelled, Decision, Over, Settled, StayBegun, StayChanged, StayEnded, Tombstone
from gateway.findings_shifts import ShiftSheet
from gateway.interpret.readings import CodeKeys, interpret
from gateway.ledger import Ledger
from gateway.noise import Noise
from gateway.orders.care import CareAgreed
from gateway.orders.every import Order, OrderRefused, OrderResult, ProfileChosen, QuarantineBegun
from gateway.passes.trust import Trust
from gateway.rounds import RoundDone, Task
from gateway.rules.every import RULES
from gateway.rules.neighbours import tell, tell_all
from gateway.rules.rule import Armed, Conclusion, OpenLane, Revised, Rule, Sleep, TellNeighbours, Wake
from gateway.rules.timers import Timers
from gateway.scribe import Scribe
from gateway.services import ServiceMoved
from gateway.settling import set_clock, settle_in
from gateway.shifts import count
from gateway.state.state import State, Timer
from gateway.times_over import forget_over


class Gatekeeper:
    """See the module. One for each journal."""

    def __init__(self, state: State, rules: Sequence[Rule] = RULES) -> None:
        self.state = state
        self.trust: Trust | None = None
        self.codes = CodeKeys()
        self.places = Places(state.site)
        self._rules = {rule.name: rule for rule in rules}
        self._reads: dict[type[Struct], list[Rule]] = {}
        for rule in rules:
            for read in rule.reads:
                self._reads.setdefault(read, []).append(rule)
        self._timers = Timers(state.timers)
        self._condenser: Condenser | None = None
        self._noise = Noise()
        self._scribe = Scribe(state)
        self._ledger = Ledger(state, lambda: self.places, self._scribe, self._timers)

    # what comes in

    def receive(self, reading: Reading) -> Batch:
        """One reading. The batch is empty for most of a radio's chatter."""
        self._note_silence(reading.heard)  # whoever had been silent too long before this, was
        receipt = reading.receipt
        source: str | None = None
        if receipt is not None:
            if self.state.has_heard(receipt.device, receipt.ring, receipt.sequence):
                return Batch(entries=(), effects=(Confirm(link=reading.link, receipt=receipt),))
            source = source_key(receipt)
        for passed in self.condenser.feed(reading):
            event = self._interpret(passed) if isinstance(passed, Reading) else passed
            if event is None:
                continue
            for heard in self._noise.through(event, reading):
                self._consider(heard, source if isinstance(passed, Reading) else None)
                if isinstance(passed, Reading):
                    source = None
        if receipt is not None:
            if source is not None:  # it means nothing here, yet the device waits to hear that it was taken
                self._consider(HourStruck(at=reading.heard, heard=reading.heard), source)
            self._scribe.effects.append(Confirm(link=reading.link, receipt=receipt))
        if isinstance(reading.seen, LinkSeen) and reading.seen.open:
            self._scribe.effects += tell_all(reading.device, reading.heard, self.state, self.places)
        return self._scribe.batch()

    def order(self, order: Order) -> tuple[Batch, OrderResult]:
        """An order. The same order twice is done once and answered the same."""
        known = self.state.orders.get(order.id)
        if known is not None:
            return Batch(entries=()), replace(known, again=True)
        self._strike(max(order.at, self.state.heard))  # what fell due before it may be what it is about
        why = refusal(order, self.state, self.places)
        if why:
            kind = type(order).__name__
            self._consider(OrderRefused(id=order.id, at=order.at, by=order.by, order=kind, why=why), None)
        else:
            self._consider(order, None)
        return self._scribe.batch(), self.state.orders[order.id]

    def consider(self, event: Struct) -> Batch:
        """An event the house itself makes: it opened, its configuration was loaded, its clock was set."""
        self._consider(event, None)
        return self._scribe.batch()

    def tick(self, now: datetime, most: int = 0) -> Batch:
        """The hour. Journaled only when something fell due by it. `most`: of that, so much now; 0: all of it."""
        if not most:
            self._note_silence(now)
            self._strike(now)
            return self._scribe.batch()
        silent = min((at for at in (self.condenser.due(), self._noise.due()) if at), default=None)
        timer = self._timers.due()
        if timer is not None and (silent is None or timer <= silent):
            self._strike(now if silent is None else min(now, silent), most)
        else:
            self._note_silence(now if timer is None else min(now, timer), most)
        return self._scribe.batch()

    def tombstone(self, tombstone: Tombstone) -> Batch:
        """What the disk had to forget, told in the stream it was taken from."""
        self._scribe.write(tombstone, EntryClass.INPUT, tombstone.at)
        return self._scribe.batch()

    def due(self) -> datetime | None:
        """When it next wants to be told the hour."""
        instants = [at for at in (self._timers.due(), self.condenser.due(), self._noise.due()) if at]
        return min(instants, default=None)

    def replay(self, bodies: Iterable[tuple[Entry | Record, Struct]]) -> Iterator[Entry]:
        """Fold recorded inputs in. Yields the findings concluded anew, to be compared with those on record."""
        for entry, body in bodies:
            self.state.number = entry.number - 1
            if isinstance(body, Tombstone):
                self._scribe.write(body, EntryClass.INPUT, entry.heard)
            else:
                self._consider(body, entry.source)
            for again in self._scribe.batch().entries:
                if again.entry_class is EntryClass.FINDING:
                    yield again

    @property
    def condenser(self) -> Condenser:
        """The condenser of these places: a fresh one when the house opens, its heir when places or clock change."""
        if self._condenser is None:
            self._condenser = Condenser(self.state, self.places, self.state.heard)
        return self._condenser

    def _note_silence(self, now: datetime, most: int = 0) -> None:
        for event in chain(self.condenser.tick(now, most), self._noise.tick(now)):
            self._consider(event, None)

    # the fold

    def _consider(self, what: Struct, source: str | None) -> None:
        """Everything that moves the state on goes through here, live and in a replay alike."""
        state = self.state
        heard = heard_of(what)
        if heard > state.heard:
            state.heard = heard
        if isinstance(what, HouseOpened):  # before all: what fell due in the meantime is numbered in this epoch
            state.epoch = what.epoch
            state.streams = dict(what.streams)
            state.clock_trusted = what.clock_trusted
            self._condenser = None
        what = marked(what, state, self.places)
        self._scribe.write(what, EntryClass.INPUT, heard, source)
        if source is not None:
            state.keep_source(source)
        if isinstance(what, ClockSet):
            self._set_clock(what)
        # told late, it may be what keeps a timer from falling due: first what was due when it happened, then it
        most = what.most if isinstance(what, HourStruck) else 0
        woken = self._fall_due(min(state.heard, body_of(what).at), most)
        match what:
            case ConfigLoaded():
                self._settle_in(what)
            case TimesOver():
                forget_over(what, state)
            case ContentsDeleted():
                note_deletion(what, state)
            case TemperatureTaken(counter=int(counter)) | BandHeard(counter=int(counter)):
                state.counters[what.device] = max(counter, state.counters.get(what.device, 0))
            case _:
                pass
        if isinstance(what, OrderRefused):
            answered(what.id, what.why, state)
        elif isinstance(what, Order):
            answered(what.id, "", state)
            for alert in enact(what, state, self.places):
                self._ledger.write(alert)
            if isinstance(what, ProfileChosen):
                self._condense_anew(timedelta())  # its figures may be others
            if isinstance(what, CareAgreed) and what.band and self._condenser is not None:
                self._condenser.liveness.wear(what.band, state.heard)
        for rule in self._reads.get(type(what), ()):
            self._conclude(rule, rule.consider(what, state, self.places), what)
        if isinstance(what, QuarantineBegun) and what.id not in state.waiting and self._condenser is not None:
            self._condenser.wear(what.band, what.flat, state.heard)
        if not most or woken < most:
            self._fall_due(state.heard, most and most - woken)
        if state.clock_trusted:
            state.sure = state.heard

    def _strike(self, now: datetime, most: int = 0) -> None:
        """The hour, if anything falls due by it."""
        due = self._timers.due()
        if due is not None and due <= now:
            self._consider(HourStruck(at=now, heard=now, most=most), None)

    def _fall_due(self, now: datetime, most: int = 0) -> int:
        """Wake the rules whose hour has come, in its order; how many. `most` of them, unless that is 0."""
        woken = 0
        while (not most or woken < most) and (taken := self._timers.take(now)) is not None:
            woken += 1
            name, timer = taken
            rule_name, _, key = name.partition("|")
            rule = self._rules.get(rule_name)
            if rule is not None:
                self._conclude(rule, rule.wake(key, timer.dated, self.state, self.places))
        return woken

    def _conclude(self, rule: Rule, conclusions: Iterator[Conclusion], cause: Struct | None = None) -> None:
        for conclusion in conclusions:
            match conclusion:
                case Wake(key=key, due=due, dated=dated, calendar=calendar):
                    self._timers.put(f"{rule.name}|{key}", Timer(due=due, dated=dated, calendar=calendar))
                case Sleep(key):
                    self._timers.drop(f"{rule.name}|{key}")
                case Anomaly():
                    self._ledger.concern(conclusion)
                case Over():
                    eased = ease(self.state, conclusion, now=self.state.heard)
                    if eased is not None:
                        self._ledger.write(eased)
                case Cancelled():
                    if (cancelled := cancel(self.state, conclusion, now=self.state.heard)) is not None:
                        self._ledger.write(cancelled)
                case Settled():
                    if (settled := settle(self.state, conclusion, now=self.state.heard)) is not None:
                        self._ledger.write(settled)
                case Revised(alert):
                    self._ledger.write(alert)
                case OpenLane(lane=lane_id):
                    lane = self.places.lanes[lane_id]
                    if lane.output:
                        self._scribe.effects.append(Act(Output(device=lane.output, on=True, seconds=lane.open_seconds)))
                case TellNeighbours(passes, codes):
                    self._scribe.effects += tell(passes, codes, self.places)
                case Decision():
                    decision = decided(conclusion, cause, self.state, self.places)
                    self._scribe.write(decision, EntryClass.FINDING, self.state.heard)
                    self.state.keep_decision(decision)
                    count(self.state.shifts, decision)
                case StayBegun():
                    self._scribe.write(conclusion, EntryClass.FINDING, self.state.heard)
                    self._follow(conclusion)
                case Armed(begun=begun):
                    self._follow(begun)
                case StayChanged() | StayEnded() | Task() | RoundDone() | ShiftSheet() | ServiceMoved():
                    self._scribe.write(conclusion, EntryClass.FINDING, self.state.heard)

    def _follow(self, begun: StayBegun) -> None:
        """A stay that a lane began: the rules look at it as at one that an order began."""
        if begun.stay.id not in self.state.waiting and self._condenser is not None:
            self._condenser.wear(begun.stay.band, begun.stay.flat, self.state.heard)
        for rule in self._reads.get(StayBegun, ()):
            self._conclude(rule, rule.consider(begun, self.state, self.places))

    def _interpret(self, reading: Reading) -> Event | None:
        state = self.state
        return interpret(reading, self.places, self.trust, self.codes, state.limits, state.known)

    def _settle_in(self, loaded: ConfigLoaded) -> None:
        settle_in(loaded, self.state)
        self.places = Places(loaded.site)
        self._condense_anew(timedelta())

    def _set_clock(self, clock: ClockSet) -> None:
        step = set_clock(clock, self.state)
        self._timers.shift(step)
        self._condense_anew(step)

    def _condense_anew(self, step: timedelta) -> None:
        if self._condenser is not None:
            self._condenser = Condenser(self.state, self.places, self.state.heard, self._condenser, step)
