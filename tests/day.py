"""A seed and an hour in, a day at the gate out: what people show, what is ordered, and what must come of each.

What must come of it is written down when it is made up, from the table in docs/answers.md (`ANSWERS`) and from books of
the scenario's own: who is inside, which pass was used, who is in quarantine. No rule of the house is asked.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec import Struct

from gateway.interpret.numbers import NumberSeen
from gateway.orders.every import (
    ArrivalExpected,
    FireDeclared,
    FireEnded,
    GuardOnPatrol,
    Order,
    PassWithdrawn,
    PersonWithdrawn,
    QuarantineBegun,
    QuarantineEnded,
)
from gateway.passes.numbers import Medium
from tests.day_office import Card, Office
from tests.day_site import FLATS, NORTH, SOUTH, WAYS
from tests.day_steps import ANSWERS, Alarm, Answer, Closed, Ordered, Passage, Ruled, Said, Step, TrustCame, Undone

ASKS_NO_CLOCK = {"unreadable", "not_a_pass", "forged", "withdrawn", "quarantined", "not_in_book", "plate_unsure"}
APART = timedelta(seconds=5)  # "The same code at the same lane within 5 s counts once."
NOISE = timedelta(seconds=1)  # two codes at one lane that nobody can read, within it, are not two people
RUN = timedelta(minutes=10)  # three false passes at one gate within it are an alert


@dataclass
class Books:
    """What the scenario knows of its own people."""

    inside: set[str] = field(default_factory=set)
    spent: set[str] = field(default_factory=set)
    observed: dict[str, str] = field(default_factory=dict)  # subject -> stay
    admitted: dict[str, tuple[Card, datetime, str]] = field(default_factory=dict)  # lane -> whom, when, which way
    false: dict[str, list[datetime]] = field(default_factory=lambda: {SOUTH: [], NORTH: []})
    illegible: dict[str, datetime] = field(default_factory=dict)  # lane -> when a code was shown that is none
    running: set[str] = field(default_factory=set)  # gates at which somebody is at work
    known: set[str] = field(default_factory=set)  # passes that can be typed: their codes were verified here
    trust: bool = False
    clock: bool = True
    fire: bool = False


class Day:
    """Call `happens` and `somebody_comes` in the order of the hours; read `steps` and `alarms`."""

    def __init__(
        self, office: Office, chance: random.Random, *, apart: timedelta = APART, guarded: bool = True
    ) -> None:
        """`apart`: the same code within it is one passing; `guarded`: somebody rules on those who are referred."""
        self.office = office
        self.apart = apart
        self.guarded = guarded
        self.chance = chance
        self.books = Books()
        self.steps: list[Step] = []
        self.alarms: list[Alarm] = []
        self.now = office.start
        self.residents = [office.resident() for _ in range(300)]
        self.bound = {gate: [office.resident(gates=mask) for _ in range(10)] for gate, mask in ((SOUTH, 1), (NORTH, 2))}
        self.to_go = [office.resident() for _ in range(8)]  # their passes stand on the next list as withdrawn
        self.moving_out = [office.resident() for _ in range(4)]  # and these people
        self.astray = [office.visitor(office.lost, once=False) for _ in range(4)]  # and the key of these
        self.watched = [office.resident() for _ in range(6)]  # they are, or will be, in quarantine
        self.cards = [office.number(Medium.CARD) for _ in range(20)]  # on the keyring; the first is lost during the day
        self.cars = [office.number(Medium.PLATE) for _ in range(20)]
        self.old_cards = [office.number(Medium.CARD, withdrawn=True) for _ in range(2)]
        self.coming = [office.resident() for _ in range(3)]  # they are expected to be; the last never comes
        self.withdrawn: set[str] = set()  # pass ids and subjects
        self.visiting: list[Card] = []
        self.gone: list[Card] = []
        self.alone = ""  # the lane whose guard has gone
        self.orders = 0

    # what happens besides

    def say(self, what: str) -> None:
        self.steps.append(Said(self.now, what))
        if what == "restart":
            self.books.clock = False
            self._alarm("clock_not_trusted", "house")
        elif what == "clock put right":
            self.books.clock = True
            self._ringing("clock_not_trusted", "house").open = False
        elif what == "fire contact":
            self.books.fire = True
            self._alarm("fire", "palm")

    def order(self, kind: type[Struct], **fields: object) -> None:
        self.orders += 1
        order = kind(**({"id": f"o{self.orders}", "at": self.now, "by": "duty-1"} | fields))
        assert isinstance(order, Order)
        self.steps.append(Ordered(self.now, order))
        match order:
            case QuarantineBegun():
                self.books.observed[order.subject] = order.id
                self.books.inside.add(order.subject)
            case QuarantineEnded():
                self.books.observed = {
                    who: stay for who, stay in self.books.observed.items() if stay != fields["quarantine"]
                }
            case PassWithdrawn():
                self.withdrawn.add(order.cti)
            case PersonWithdrawn():
                self.withdrawn.add(order.subject)
            case FireDeclared():
                self.books.fire = True
                self._alarm("fire", order.compound)
            case FireEnded():
                self.books.fire = False
            case _:
                pass

    def quarantine(self, *cards: Card) -> None:
        today = self.office.start.date()
        for card in cards:
            self.order(
                QuarantineBegun,
                flat=FLATS[self.watched.index(card)],
                subject=card.subject,
                ground="order 7",
                first_day=today - timedelta(days=1),
                last_day=today + timedelta(days=9),
            )

    def expect(self, arrive_by: datetime, *cards: Card) -> None:
        for card in cards:
            flat = FLATS[-1 - self.coming.index(card)]
            self.order(ArrivalExpected, flat=flat, subject=card.subject, ground="order 8", days=7, arrive_by=arrive_by)

    def arrives(self, card: Card) -> None:
        """Somebody who is expected comes home: from now on they are in quarantine."""
        came = self.show(f"{SOUTH}/in", card.text, "expected", card)
        assert came
        self.books.observed[card.subject] = self._expected(card)

    def not_arrived(self) -> None:
        """The hour by which the last of them was to come has struck."""
        self._alarm("not_arrived", self._expected(self.coming[-1]))

    def _expected(self, card: Card) -> str:
        """The order that says they are to come."""
        orders = [step.order for step in self.steps if isinstance(step, Ordered)]
        (stay,) = (each.id for each in orders if isinstance(each, ArrivalExpected) and each.subject == card.subject)
        return stay

    def first_trust(self) -> None:
        self.books.trust = True
        self.steps.append(TrustCame(self.now, self.office.trust(1)))

    def second_trust(self) -> None:
        """Passes, people and a whole key are withdrawn; among them the pass of somebody in quarantine."""
        revoked = [*self.to_go, self.watched[0]]
        trust = self.office.trust(
            2,
            lost=True,
            revoked_passes=frozenset(bytes.fromhex(card.cti) for card in revoked),
            revoked_subjects=frozenset(bytes.fromhex(card.subject) for card in self.moving_out),
        )
        self.steps.append(TrustCame(self.now, trust))
        self.withdrawn |= {card.cti for card in (*revoked, *self.moving_out, *self.astray)}

    def close_alerts(self) -> None:
        for alarm in self.alarms:
            if alarm.open and alarm.kind.startswith("quarantined_person"):
                alarm.open = False
                self.steps.append(Closed(self.now, alarm.kind, alarm.key))

    def left_alone(self, lane: str, *, on_patrol: bool) -> None:
        """Two are referred and nobody rules. That is an alert, unless the guard has said where they are."""
        if on_patrol:
            self.order(GuardOnPatrol, by="guard-1", lane=lane, minutes=10)
        else:
            self._alarm("nobody_at_lane", lane)
        self.alone = lane
        for _ in range(2):
            self.show(lane, self.office.no_pass(), "not_a_pass")
            self.now += timedelta(seconds=20)

    def attended(self) -> None:
        """The guard is back, and decides about the last of them."""
        lane, self.alone = self.alone, ""
        self.show(lane, self.office.no_pass(), "not_a_pass")
        self.ruled()
        for alarm in self.alarms:
            alarm.open &= alarm.kind != "nobody_at_lane"

    # who comes

    def somebody_comes(self, cases: dict[Callable[["Day"], bool], float]) -> None:
        """One passage of a kind that makes sense now."""
        while not self.chance.choices(list(cases), list(cases.values()))[0](self):
            pass

    def show(
        self, lane: str, text: str, reason: str, card: Card | None = None, *, number: NumberSeen | None = None
    ) -> bool:
        """`reason` is what it must be on an ordinary day. `card`: the true pass in it, if there is one.

        `number`: what is shown is a card or a plate, or it is typed; the trust list has no part in that.

        False, and nothing happens, where the same code would accidentally come twice within a moment.
        """
        books, gate, legible = self.books, lane.rpartition("/")[0], reason not in ("unreadable", "not_a_pass")
        last = books.admitted.get(lane)
        again = last is not None and last[0] is card and self.now - last[1] <= self.apart
        if again is not (reason == "repeated"):
            return False
        if number is None and not books.trust and reason != "not_a_pass":
            reason, card = "cannot_check", None
        elif reason != "fire" and not books.clock and reason not in ASKS_NO_CLOCK:
            reason = "clock_not_trusted"
        if books.fire:
            reason = "fire"
        if reason in ("forged", "withdrawn") and books.false[gate] and self.now - books.false[gate][-1] <= self.apart:
            return False
        if number is None and card is not None:
            books.known.add(card.cti)
        if not legible:
            if self.now - books.illegible.get(lane, self.office.start - NOISE) < min(NOISE, self.apart):
                return False
            books.illegible[lane] = self.now
        direction = WAYS[lane]
        if last is not None and again:
            direction = last[2]  # it is one passing
        elif direction == "both":
            direction = "out" if card is not None and card.who in books.inside else "in"
        answer = Answer(lane, direction, _verdict(reason, lane), reason, card.cti if card else "")
        self.steps.append(Passage(self.now, lane, text, answer, legible, number))
        if card is not None and card.subject in books.observed:
            self._alarm(f"quarantined_person_{'left' if direction == 'out' else 'at_gate'}", card.subject)
        if reason in ("forged", "withdrawn"):
            self._false_pass(gate)
        if card is not None and reason in ("admitted", "expected"):
            self.went(card, direction)
            books.admitted[lane] = (card, self.now, direction)
        elif card is not None and reason == "fire" and direction == "out":
            books.inside.discard(card.who)
        return True

    def ruled(self, card: Card | None = None) -> bool:
        """The guard decides about whoever was referred just now, and once in a while takes it back."""
        shown = self.steps[-1]
        assert isinstance(shown, Passage)
        answer = shown.answer
        if not self.guarded or answer.verdict != "refer" or answer.lane == self.alone:
            return True
        at = self.now + timedelta(seconds=0.2)
        admit = WAYS[answer.lane] == "both" or self.chance.random() < 0.8
        verdict = "admit" if admit else "refer" if answer.direction == "out" else "refuse"
        ruled = Answer(answer.lane, answer.direction, verdict, "ruled_by_guard", answer.cti)
        self.steps.append(Ruled(at, answer.lane, admit, ruled))
        undone = self.chance.random() < 0.15
        if undone:
            back = Answer(answer.lane, answer.direction, "refer", "ruling_undone", answer.cti)
            self.steps.append(Undone(at + timedelta(seconds=0.1), back))
        elif admit and card is not None and answer.cti:
            self.went(card, answer.direction)
        return True

    def went(self, card: Card, direction: str) -> None:
        self.books.inside.discard(card.who)
        if direction == "in":
            self.books.inside.add(card.who)
            self.books.spent.add(card.cti)

    def _false_pass(self, gate: str) -> None:
        times = [at for at in self.books.false[gate] if self.now - at <= RUN]
        if not times:
            self.books.running.discard(gate)
        times.append(self.now)
        self.books.false[gate] = times
        if gate in self.books.running:
            self._alarm("forgeries_at_gate", gate)
        elif len(times) == 3:
            self.books.running.add(gate)
            self._alarm("forgeries_at_gate", gate, 3)

    def _ringing(self, kind: str, key: str) -> Alarm:
        return next(alarm for alarm in self.alarms if alarm.open and (alarm.kind, alarm.key) == (kind, key))

    def _alarm(self, kind: str, key: str, count: int = 1) -> None:
        """One more on the count of the alert that is open, or a new alert."""
        if not any(alarm.open and (alarm.kind, alarm.key) == (kind, key) for alarm in self.alarms):
            self.alarms.append(Alarm(kind, key))
        self._ringing(kind, key).count += count


def _verdict(reason: str, lane: str) -> str:
    _, coming_in, going_out = ANSWERS[reason]
    if WAYS[lane] == "out":
        return going_out
    if WAYS[lane] == "both" and coming_in == "refuse":
        return "refer"  # "A lane that leads both ways never refuses either."
    return coming_in
