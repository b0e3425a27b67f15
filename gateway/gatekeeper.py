"""Readings, orders and the hour in; journal entries out. It never waits and never looks at a clock.

Floor 4, a pure room. Its whole state is one serialisable value, the fold over the journal's inputs: an event, an order
or a struck hour moves it on, and moving it on again from the same inputs gives the same state and the same findings.

    reading -> condense -> interpret -> event --+
    order   ------------------------------------+--> consider: what fell due before, then the rules -> findings
    the hour -> what falls due ----------------+

The order of one batch is the order of the journal: an input first, then what was concluded from it.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from devices.driver import Output
from devices.reading import Reading
from gateway.alerts import concern, ease, remember
from gateway.bodies import body_of, heard_of
from gateway.compound import Places
from gateway.condense import Condenser
from gateway.enact import answered, enact, refusal
from gateway.entries import Act, Batch, Confirm, Effect, Entry, EntryClass, Record, Stream, source_key
from gateway.events import BandHeard, ClockSet, ConfigLoaded, HourStruck, HouseOpened, TemperatureTaken
from gateway.findings import Alert, Anomaly, Decision, Over, StayEnded, Tombstone
from gateway.interpret import interpret
from gateway.orders import Order, OrderResult, QuarantineBegun
from gateway.passes.trust import Trust
from gateway.rules.admission import Admission
from gateway.rules.fever import Fever
from gateway.rules.quarantine_door import QuarantineDoor
from gateway.rules.rule import Conclusion, OpenLane, Rule, Sleep, Wake
from gateway.rules.silence import Silence
from gateway.rules.stays import Stays
from gateway.rules.wearing import Wearing
from gateway.state import State, Timer

RULES: tuple[Rule, ...] = (Admission(), QuarantineDoor(), Fever(), Wearing(), Silence(), Stays())
RINGS_KEPT = 4  # ring epochs of a node whose sequence numbers are remembered
DECISIONS_KEPT = 20


class Gatekeeper:
    """See the module. One for each journal."""

    def __init__(self, state: State, rules: Sequence[Rule] = RULES) -> None:
        self.state = state
        self.trust: Trust | None = None
        self.places = Places(state.site)
        self._rules = {rule.name: rule for rule in rules}
        self._reads: dict[type[Struct], list[Rule]] = {}
        for rule in rules:
            for read in rule.reads:
                self._reads.setdefault(read, []).append(rule)
        self._timers = [(timer.due, name) for name, timer in state.timers.items()]
        heapq.heapify(self._timers)
        self._condenser: Condenser | None = None
        self._entries: list[Entry] = []
        self._bodies: list[Struct] = []
        self._effects: list[Effect] = []

    # what comes in

    def receive(self, reading: Reading) -> Batch:
        """One reading. The batch is empty for most of a radio's chatter."""
        self._note_silence(reading.heard)  # whoever had been silent too long before this, was
        receipt = reading.receipt
        if receipt is not None:
            if self._is_repeat(receipt.device, receipt.ring, receipt.sequence):
                return Batch(entries=(), effects=(Confirm(link=reading.link, receipt=receipt),))
            source: str | None = source_key(receipt)
        else:
            source = None
        for passed in self._condense().feed(reading):
            event = interpret(passed, self.places, self.trust) if isinstance(passed, Reading) else passed
            if event is None:
                continue
            if isinstance(passed, Reading):
                self._consider(event, source)
                source = None
            else:
                self._consider(event, None)
        if receipt is not None:
            if source is not None:  # it means nothing here, yet the device waits to hear that it was taken
                self._consider(HourStruck(at=reading.heard, heard=reading.heard), source)
            self._effects.append(Confirm(link=reading.link, receipt=receipt))
        return self._batch()

    def order(self, order: Order) -> tuple[Batch, OrderResult]:
        """An order. The same order twice is done once and answered the same."""
        known = self.state.orders.get(order.id)
        if known is not None:
            return Batch(entries=()), known
        self._consider(order, None)
        return self._batch(), self.state.orders[order.id]

    def consider(self, event: Struct) -> Batch:
        """An event the house itself makes: it opened, its configuration was loaded, its clock was set."""
        self._consider(event, None)
        return self._batch()

    def tick(self, now: datetime) -> Batch:
        """The hour. Journaled only when something fell due by it."""
        self._note_silence(now)
        if self._timers and self._timers[0][0] <= now:
            self._consider(HourStruck(at=now, heard=now), None)
        return self._batch()

    def tombstone(self, tombstone: Tombstone) -> Batch:
        """What the disk had to forget, told in the stream it was taken from."""
        self._write(tombstone, EntryClass.INPUT, tombstone.at)
        return self._batch()

    def due(self) -> datetime | None:
        """When it next wants to be told the hour."""
        instants = [at for at in (self._timers[0][0] if self._timers else None, self._condense().due()) if at]
        return min(instants, default=None)

    def replay(self, bodies: Iterable[tuple[Entry | Record, Struct]]) -> Iterator[Entry]:
        """Fold recorded inputs in. Yields the findings concluded anew, to be compared with those on record."""
        for entry, body in bodies:
            self.state.number = entry.number - 1
            if isinstance(body, Tombstone):
                self._write(body, EntryClass.INPUT, entry.heard)
            else:
                self._consider(body, entry.source)
            for again in self._batch().entries:
                if again.entry_class is EntryClass.FINDING:
                    yield again

    @property
    def condenser(self) -> Condenser:
        return self._condense()

    def _note_silence(self, now: datetime) -> None:
        for event in self._condense().tick(now):
            self._consider(event, None)

    # the fold

    def _consider(self, what: Struct, source: str | None) -> None:
        """Everything that moves the state on goes through here, live and in a replay alike."""
        state = self.state
        heard = heard_of(what)
        if heard > state.heard:
            state.heard = heard
        self._write(what, EntryClass.INPUT, heard, source)
        if source is not None:
            self._keep_source(source)
        if isinstance(what, ClockSet):
            self._set_clock(what)
        self._fall_due(state.heard)
        match what:
            case HouseOpened():
                state.epoch = what.epoch
                state.streams = dict(what.streams)
                state.clock_trusted = what.clock_trusted
                self._condenser = None
            case ConfigLoaded():
                self._settle_in(what)
            case TemperatureTaken(counter=int(counter)) | BandHeard(counter=int(counter)):
                state.counters[what.device] = max(counter, state.counters.get(what.device, 0))
            case _:
                pass
        if isinstance(what, Order):
            why = refusal(what, state, self.places)
            answered(what, why, state)
            if why:
                return
            for alert in enact(what, state, self.places):
                self._alert(alert)
            if isinstance(what, QuarantineBegun) and what.band and self._condenser is not None:
                self._condenser.liveness.wear(what.band, state.heard)
        for rule in self._reads.get(type(what), ()):
            self._conclude(rule, rule.consider(what, state, self.places))

    def _fall_due(self, now: datetime) -> None:
        """Wake the rules whose hour has come, in its order. A timer that was moved or taken back is passed over."""
        while self._timers and self._timers[0][0] <= now:
            due, name = heapq.heappop(self._timers)
            timer = self.state.timers.get(name)
            if timer is None or timer.due != due:
                continue
            del self.state.timers[name]
            rule_name, _, key = name.partition("|")
            rule = self._rules.get(rule_name)
            if rule is not None:
                self._conclude(rule, rule.wake(key, timer.dated, self.state, self.places))

    def _conclude(self, rule: Rule, conclusions: Iterator[Conclusion]) -> None:
        for conclusion in conclusions:
            match conclusion:
                case Wake(key=key, due=due, dated=dated):
                    name = f"{rule.name}|{key}"
                    self.state.timers[name] = Timer(due=due, dated=dated)
                    heapq.heappush(self._timers, (due, name))
                case Sleep(key):
                    self.state.timers.pop(f"{rule.name}|{key}", None)
                case Anomaly():
                    number = self.state.number + 1
                    self._alert(concern(self.state, conclusion, number=number, now=self.state.heard))
                case Over():
                    eased = ease(self.state, conclusion, now=self.state.heard)
                    if eased is not None:
                        self._alert(eased)
                case OpenLane(lane=lane_id):
                    lane = self.places.lanes[lane_id]
                    if lane.output:
                        self._effects.append(Act(Output(device=lane.output, on=True, seconds=lane.open_seconds)))
                case Decision():
                    self.state.decisions = [*self.state.decisions[1 - DECISIONS_KEPT :], conclusion]
                    self._write(conclusion, EntryClass.FINDING, self.state.heard)
                case StayEnded():
                    self._write(conclusion, EntryClass.FINDING, self.state.heard)

    def _alert(self, alert: Alert) -> None:
        remember(self.state, alert)
        self._write(alert, EntryClass.FINDING, self.state.heard)

    # numbering and writing

    def _write(self, body: Struct, entry_class: EntryClass, heard: datetime, source: str | None = None) -> None:
        state = self.state
        state.number += 1
        stream = self._stream_of(body)
        number_in_stream: int | None = None
        if stream is not None:
            number_in_stream = state.streams[stream] = state.streams.get(stream, 0) + 1
        about = body_of(body)
        self._bodies.append(body)
        self._entries.append(
            Entry(
                number=state.number,
                at=about.at,
                heard=heard,
                kind=about.kind,
                entry_class=entry_class,
                body=_encode(body),
                place=about.place,
                subject=about.subject,
                source=source,
                stream=stream,
                stream_number=number_in_stream,
            )
        )

    def _stream_of(self, body: Struct) -> Stream | None:
        """Which stream to the centre this belongs to. Least data: only alerts, and the reports it asked to have."""
        match body:
            case Alert():
                return Stream.ALERT
            case Tombstone():
                return Stream.REPORT
            case Decision() if "decisions" in self.state.reports:
                return Stream.REPORT
            case StayEnded() if "stays" in self.state.reports:
                return Stream.REPORT
            case _:
                return None

    def _batch(self) -> Batch:
        batch = Batch(entries=self._entries, effects=self._effects, bodies=self._bodies)
        self._entries, self._effects, self._bodies = [], [], []
        return batch

    # what devices have said before

    def _is_repeat(self, device: str, ring: int, sequence: int) -> bool:
        return sequence <= self.state.sources.get(device, {}).get(ring, 0)

    def _keep_source(self, source: str) -> None:
        device, ring, sequence = source.rsplit("/", 2)
        rings = self.state.sources.setdefault(device, {})
        rings[int(ring)] = max(int(sequence), rings.get(int(ring), 0))
        while len(rings) > RINGS_KEPT:
            del rings[min(rings)]

    # the places

    def _settle_in(self, loaded: ConfigLoaded) -> None:
        self.state.fingerprint = loaded.fingerprint
        self.state.site = loaded.site
        self.state.limits = loaded.limits
        self.state.reports = loaded.reports
        self.places = Places(loaded.site)
        self._condenser = None

    def _set_clock(self, clock: ClockSet) -> None:
        """The wall clock was stepped: what was to be woken in two minutes still is. Days are of the calendar."""
        self.state.heard = clock.heard
        self.state.clock_trusted = clock.clock_trusted
        step = timedelta(seconds=clock.seconds)
        for name, timer in self.state.timers.items():
            if not name.startswith("stays|"):
                self.state.timers[name] = Timer(due=timer.due + step, dated=timer.dated + step)
        self._timers = [(timer.due, name) for name, timer in self.state.timers.items()]
        heapq.heapify(self._timers)
        self._condenser = None

    def _condense(self) -> Condenser:
        """The condenser of these places, made anew when the house opens or its places change."""
        if self._condenser is None:
            self._condenser = Condenser(self.state, self.places, self.state.heard)
        return self._condenser


_encoder = msgspec.json.Encoder()
_encode: Callable[[Struct], bytes] = _encoder.encode
