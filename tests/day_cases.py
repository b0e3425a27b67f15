"""Who comes to the gate on the day of tests/day.py, one function for each kind of passage; and the days made of them.

A case is given the day and says with which text somebody comes, and what must come of it. False: nobody of that kind
can come just now.
"""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from devices.reading import PlateSeen, TypedSeen
from gateway.orders.every import FireDeclared, FireEnded, PassWithdrawn, PersonWithdrawn, QuarantineEnded
from gateway.passes.short_code import short_code, written
from tests.day import Day
from tests.day_office import ELSEWHERE, Card, Office, read
from tests.day_site import NORTH, NOT_IN, NOT_OUT, ONLY_IN, SOUTH, WAYS

LANES = list(WAYS)
MORNING = datetime(2026, 3, 11, 21, 30, tzinfo=UTC)  # half past five on the 12th in Shanghai
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
RUSH = 20 * 60


def resident(day: Day) -> bool:
    card = day.chance.choice(day.residents)
    return day.show(day.chance.choice(LANES), card.text, "admitted", card) and day.ruled(card)


def held_on(day: Day) -> bool:
    """Somebody who was admitted still holds the code or card there, or the car has not moved on."""
    moment = min(timedelta(seconds=4.5), day.apart)
    lanes = [lane for lane, (_, at, _) in day.books.admitted.items() if day.now - at < moment]
    if not lanes:
        return False
    lane = day.chance.choice(lanes)
    card = day.books.admitted[lane][0]
    if card in day.cards:
        return day.show(lane, "", "repeated", card, number=read(card.text))
    if card in day.cars:
        return day.show(lane, "", "repeated", card, number=PlateSeen(card.text, 0.97))
    return day.show(lane, card.text, "repeated", card)


def visitor_comes(day: Day) -> bool:
    card = day.office.visitor()
    came = day.show(day.chance.choice(NOT_OUT), card.text, "admitted", card) and day.ruled(card)
    if card.who in day.books.inside:
        day.visiting.append(card)
    return came


def visitor_leaves(day: Day) -> bool:
    if not day.visiting:
        return False
    card = day.chance.choice(day.visiting)
    left = day.show(day.chance.choice(NOT_IN), card.text, "admitted", card) and day.ruled(card)
    if card.who not in day.books.inside:
        day.visiting.remove(card)
        day.gone.append(card)
    return left


def copy_of_a_visitors_pass(day: Day) -> bool:
    """A one-time pass that was used, at any lane in; at one for both ways only while nobody is inside by it."""
    used = [*day.visiting, *day.gone]
    if not used:
        return False
    card = day.chance.choice(used)
    lane = day.chance.choice(ONLY_IN if card.who in day.books.inside else NOT_OUT)
    return card.cti in day.books.spent and day.show(lane, card.text, "spent", card) and day.ruled(card)


def expired(day: Day) -> bool:
    over = _second(day.now) - HOUR * day.chance.randint(1, 48)
    card = day.office.resident(not_before=over - HOUR, not_after=over)
    return day.show(day.chance.choice(LANES), card.text, "expired", card) and day.ruled(card)


def not_yet_valid(day: Day) -> bool:
    begins = _second(day.now) + HOUR * day.chance.randint(1, 48)
    card = day.office.visitor(not_before=begins, not_after=begins + HOUR)
    return day.show(day.chance.choice(LANES), card.text, "not_yet_valid", card) and day.ruled(card)


def of_another_compound(day: Day) -> bool:
    card = day.office.card(day.office.neighbours, compound_number=ELSEWHERE)
    return day.show(day.chance.choice(LANES), card.text, "wrong_compound", card) and day.ruled(card)


def bound_to_a_gate(day: Day) -> bool:
    gate, lane = day.chance.choice((SOUTH, NORTH)), day.chance.choice(LANES)
    card = day.chance.choice(day.bound[gate])
    reason = "admitted" if lane.startswith(gate) else "wrong_gate"
    return day.show(lane, card.text, reason, card) and day.ruled(card)


def withdrawn_some_time(day: Day) -> bool:
    """Their passes are as good as any until they are withdrawn."""
    card = day.chance.choice([*day.to_go, *day.moving_out, *day.astray])
    reason = "admitted" if day.withdrawn.isdisjoint((card.cti, card.subject)) else "withdrawn"
    return day.show(day.chance.choice(LANES), card.text, reason, card) and day.ruled(card)


def forged(day: Day) -> bool:
    text = day.office.forged(day.chance.choice(day.residents))
    return day.show(day.chance.choice(LANES), text, "forged") and day.ruled()


def broken(day: Day) -> bool:
    text = day.office.broken(day.chance.choice(day.residents))
    return day.show(day.chance.choice(LANES), text, "unreadable") and day.ruled()


def no_pass(day: Day) -> bool:
    return day.show(day.chance.choice(LANES), day.office.no_pass(), "not_a_pass") and day.ruled()


def watched(day: Day) -> bool:
    """Somebody who is in quarantine, will be, or was."""
    return _watched(day, day.chance.choice([*day.watched, *(c for c in day.coming if c.subject in day.books.observed)]))


def _watched(day: Day, card: Card) -> bool:
    reason = "quarantined" if card.subject in day.books.observed else "admitted"
    if card.cti in day.withdrawn:
        reason = "withdrawn"
    return day.show(day.chance.choice(LANES), card.text, reason, card) and day.ruled(card)


# cards, plates and what a guard types


def card_on_a_keyring(day: Day) -> bool:
    card = day.chance.choice(day.cards)
    reason = "withdrawn" if card.cti in day.withdrawn else "admitted"
    return day.show(day.chance.choice(LANES), "", reason, card, number=read(card.text)) and day.ruled(card)


def old_card(day: Day) -> bool:
    card = day.chance.choice(day.old_cards)
    return day.show(day.chance.choice(LANES), "", "withdrawn", card, number=read(card.text)) and day.ruled(card)


def strangers_card(day: Day) -> bool:
    number = read(f"019,{day.chance.randrange(1, 60_000):05d}")
    return day.show(day.chance.choice(LANES), "", "not_in_book", number=number) and day.ruled()


def car(day: Day) -> bool:
    """Its plate is read, by the camera or by the guard who types it; or it is mud."""
    card, lane = day.chance.choice(day.cars), day.chance.choice(LANES)
    match day.chance.randrange(4):
        case 0:
            return day.show(lane, "", "plate_unsure", number=PlateSeen(card.text, 0.4)) and day.ruled()
        case 1:
            return day.show(lane, "", "admitted", card, number=TypedSeen(f" {card.text[0]}·{card.text[1:].lower()}"))
        case _:
            return day.show(lane, "", "admitted", card, number=PlateSeen(card.text, 0.97)) and day.ruled(card)


def strangers_car(day: Day) -> bool:
    number = PlateSeen(f"苏D{day.chance.randrange(100_000):05d}", 0.97)
    return day.show(day.chance.choice(LANES), "", "not_in_book", number=number) and day.ruled()


def typed(day: Day) -> bool:
    """The short code of a pass that was shown here; of one that never was; or one with a slip of the finger in it."""
    card = day.chance.choice(day.residents)
    code = short_code(card.cti)
    if day.chance.random() < 0.2:
        wrong = "7" if code[2] != "7" else "8"
        number = TypedSeen(code[:2] + wrong + code[3:])
        return day.show(day.chance.choice(LANES), "", "unreadable", number=number) and day.ruled()
    if card.cti not in day.books.known:
        return day.show(day.chance.choice(LANES), "", "not_in_book", number=TypedSeen(code)) and day.ruled()
    return day.show(day.chance.choice(LANES), "", "typed", card, number=TypedSeen(written(code))) and day.ruled(card)


USUAL: dict[Callable[[Day], bool], float] = {
    resident: 60.0,
    held_on: 8.0,
    visitor_comes: 10.0,
    visitor_leaves: 7.0,
    copy_of_a_visitors_pass: 3.0,
    expired: 2.0,
    not_yet_valid: 1.5,
    of_another_compound: 1.5,
    bound_to_a_gate: 5.0,
    withdrawn_some_time: 4.0,
    forged: 1.5,
    broken: 1.5,
    no_pass: 1.5,
    watched: 1.5,
}
BY_NUMBER: dict[Callable[[Day], bool], float] = {
    card_on_a_keyring: 6.0,
    old_card: 0.5,
    strangers_card: 1.0,
    car: 6.0,
    strangers_car: 1.0,
    typed: 3.0,
}

FALSE = (expired, not_yet_valid, of_another_compound, forged, broken, no_pass, watched)
SHORT = {case: weight * (3 if case in FALSE else 1) for case, weight in USUAL.items() if case is not held_on}


def full_day(seed: int, passages: int) -> Day:
    """From half past five till half past nine: the morning rush of 60 a minute, and the rest spread over the day."""
    chance = random.Random(seed)
    day = Day(Office(MORNING, chance), chance)
    at = day.office.start
    happenings: list[tuple[timedelta, Callable[[], None]]] = [
        (1 * MINUTE, lambda: day.quarantine(*day.watched[:4])),
        (2 * MINUTE, lambda: day.expect(at + 8 * HOUR, *day.coming[:2])),
        (3 * MINUTE, lambda: day.expect(at + 5 * HOUR, day.coming[2])),
        (6 * MINUTE, day.first_trust),
        (3 * HOUR, lambda: day.arrives(day.coming[0])),
        (4 * HOUR, lambda: day.order(PassWithdrawn, cti=day.to_go[0].cti, reason="lost")),
        (4 * HOUR, lambda: day.order(PassWithdrawn, cti=day.cards[0].cti, reason="lost")),
        (4 * HOUR, lambda: day.order(PersonWithdrawn, subject=day.moving_out[0].subject, reason="moved")),
        (5 * HOUR, day.not_arrived),
        (5 * HOUR, lambda: day.quarantine(day.watched[4])),
        (5.5 * HOUR, day.second_trust),
        (6.5 * HOUR, lambda: day.say("uplink lost")),
        (7 * HOUR, lambda: day.say("restart")),
        (7 * HOUR + 4 * MINUTE, lambda: day.say("clock put right")),
        (7.4 * HOUR, lambda: day.arrives(day.coming[1])),
        (7.5 * HOUR, lambda: day.say("uplink back")),
        (9 * HOUR, lambda: day.order(QuarantineEnded, quarantine="o2", reason="two negative tests")),
        (10.5 * HOUR, lambda: day.order(FireDeclared, by="fire-button", compound="palm")),
        (10.5 * HOUR + 10 * MINUTE, lambda: day.order(FireEnded, by="duty-1", compound="palm")),
        (12.5 * HOUR, day.close_alerts),
        (14 * HOUR, lambda: day.left_alone(f"{SOUTH}/in", on_patrol=False)),
        (14 * HOUR + 5 * MINUTE, day.attended),
        (15 * HOUR, lambda: day.left_alone(f"{NORTH}/both", on_patrol=True)),
        (15 * HOUR + 5 * MINUTE, day.attended),
    ]
    besides = 2 + 6  # who arrives, and those who wait for a guard
    for moment in _hours(chance, passages - besides):
        while happenings and happenings[0][0] <= moment:
            after, happens = happenings.pop(0)
            day.now = at + after
            happens()
        day.now = at + moment
        day.somebody_comes(USUAL | BY_NUMBER)
    assert not happenings
    return day


def short_day(seed: int, start: datetime, passages: int) -> Day:
    """One that can be played in a minute: no guard, no repetition; happenings after so many thirtieths of it."""
    chance = random.Random(seed)
    day = Day(Office(start, chance), chance, apart=timedelta(), guarded=False)
    happenings: dict[int, Callable[[], None]] = {
        0: lambda: day.quarantine(*day.watched[:4]),
        1: day.first_trust,
        6: lambda: day.order(PassWithdrawn, cti=day.to_go[0].cti, reason="lost"),
        7: lambda: day.order(PersonWithdrawn, subject=day.moving_out[0].subject, reason="moved"),
        10: day.second_trust,
        14: lambda: day.say("uplink lost"),
        18: lambda: day.say("kill"),
        22: lambda: day.say("uplink back"),
        28: lambda: day.say("fire contact"),
    }
    for number in range(passages):
        if number % (passages // 30) == 0:
            happenings.pop(number // (passages // 30), lambda: None)()
        day.somebody_comes(SHORT)
        day.now += timedelta(milliseconds=10)
    return day


def _hours(chance: random.Random, passages: int) -> Iterator[timedelta]:
    """When they come, at least half a second apart; nobody near the rush, and near those who wait for a guard."""
    rush_begins, in_a_fire = 1.5 * HOUR, 40
    quiet = [(rush_begins - MINUTE, rush_begins + 21 * MINUTE), (14 * HOUR, 14.05 * HOUR), (15 * HOUR, 15.05 * HOUR)]
    moments = [rush_begins + timedelta(seconds=n + chance.uniform(0, 0.4)) for n in range(RUSH)]
    moments += [10.5 * HOUR + timedelta(seconds=chance.uniform(1, 595)) for _ in range(in_a_fire)]
    while len(moments) < passages:
        moment = timedelta(seconds=chance.uniform(0, 16 * 3600))
        if not any(begins <= moment <= ends for begins, ends in quiet):
            moments.append(moment)
    last = timedelta()
    for moment in sorted(moments):
        last = max(moment, last + timedelta(seconds=0.5))
        yield last


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)
