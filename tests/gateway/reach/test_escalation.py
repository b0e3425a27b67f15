"""Who is told when: a fake clock, channels that are names."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.findings import Alert, AlertState
from gateway.kinds import Kind
from gateway.reach.escalation import FIRST_RETRY_SECONDS, FIRST_ROUND_SECONDS, MOST_PENDING, Escalation, Rung
from tests.gateway.reach.alerts import alert
from tests.small_site import NOON


def rung(name: str, wait: float = 60.0, only: Kind | None = None) -> Rung:
    return Rung(name=name, suits=lambda a: only is None or a.kind is only, wait_seconds=wait, gap_seconds=0.0)


@dataclass
class Street:
    """An escalation, its clock, and what each channel said when."""

    escalation: Escalation
    rungs: list[Rung]
    broken: set[str] = field(default_factory=set)
    now: float = 0.0
    told: list[tuple[float, str, list[str]]] = field(default_factory=list)

    def until(self, end: float) -> None:
        while True:
            for index, each in enumerate(self.rungs):
                if alerts := self.escalation.due(index, self.now):
                    if each.name in self.broken:
                        self.escalation.failed(index, alerts, self.now)
                        continue
                    self.told.append((self.now, each.name, [a.id for a in alerts]))
                    self.escalation.told(index, alerts, self.now)
            soonest = [at for index in range(len(self.rungs)) if (at := self.escalation.next_at(index)) is not None]
            if not soonest or min(soonest) > end:
                self.now = end
                return
            self.now = max(self.now, min(soonest))

    @property
    def who(self) -> list[tuple[float, str]]:
        return [(at, name) for at, name, _ in self.told]


def street(*rungs: Rung, broken: tuple[str, ...] = ()) -> Street:
    return Street(Escalation(rungs), list(rungs), set(broken))


def test_one_after_the_other_and_again_with_growing_pauses() -> None:
    here = street(rung("group"), rung("sms"))
    here.escalation.see(alert(), 0.0)
    here.until(1400.0)
    second = 60.0 + FIRST_ROUND_SECONDS
    third = second + 60.0 + 2 * FIRST_ROUND_SECONDS
    assert here.who == [
        (0.0, "group"),
        (60.0, "sms"),
        (second, "group"),
        (second + 60.0, "sms"),
        (third, "group"),
        (third + 60.0, "sms"),
    ]


def test_nobody_is_told_once_somebody_has_taken_it() -> None:
    for state in (AlertState.ACKNOWLEDGED, AlertState.CLEARED, AlertState.CLOSED, AlertState.SHELVED):
        here = street(rung("group"), rung("sms"))
        here.escalation.see(alert(), 0.0)
        here.until(30.0)
        here.escalation.see(alert(state=state, revision=2), here.now)
        here.until(100_000.0)
        assert here.who == [(0.0, "group")]
        assert len(here.escalation) == 0


TAKEN = AlertState.ACKNOWLEDGED


def test_a_reminder_goes_out_at_once_from_the_first_channel_on_also_of_what_was_taken() -> None:
    for state in (AlertState.RAISED, TAKEN):
        here = street(rung("group"), rung("sms"))
        here.escalation.see(alert(), 0.0)
        here.until(70.0)
        here.escalation.see(alert(state=state, revision=2), here.now)
        here.until(80.0)
        here.escalation.see(replace(alert(state=state, revision=3), reminded=1, asked=True), here.now)
        here.until(150.0)
        assert here.who == [(0.0, "group"), (60.0, "sms"), (80.0, "group"), (140.0, "sms")]
        here.escalation.see(alert(state=TAKEN, revision=4), here.now)
        here.until(100_000.0)
        assert len(here.who) == 4, "somebody took it"


def test_a_revision_after_a_reminder_is_no_second_one() -> None:
    here = street(rung("group"), rung("sms"))
    here.escalation.see(replace(alert(state=TAKEN), reminded=1, asked=True), 0.0)
    here.escalation.see(replace(alert(state=TAKEN), reminded=1, asked=True, count=2), 5.0)
    here.until(30.0)
    assert here.who == [(0.0, "group")]


def test_what_was_taken_and_is_given_to_somebody_with_a_channel_is_told_there_alone() -> None:
    ann = Rung("ann", lambda a: False, 60.0, 0.0, own=lambda a: a.assigned_to == "ann")
    given = replace(alert(state=TAKEN, revision=3), given=1, given_at=NOON, asked=True, assigned_to="ann")
    here = street(rung("group"), ann)
    here.escalation.see(given, 0.0)
    here.until(100.0)
    assert here.who == [(0.0, "ann")]
    here.escalation.see(replace(given, revision=4, asked=False), here.now)
    here.until(100_000.0)
    assert here.who == [(0.0, "ann")]
    here = street(rung("group"), ann)
    here.escalation.see(replace(given, assigned_to="bo"), 0.0)
    here.until(100.0)
    assert here.who == [(0.0, "group")], "who has none is told with the others"
    here = street(rung("group"), ann)
    here.escalation.see(replace(given, state=AlertState.RAISED), 0.0)
    here.until(100.0)
    assert here.who == [(0.0, "group"), (60.0, "ann")], "what nobody has taken is everybody's"


def test_given_while_a_channel_is_at_it_is_told_anew_when_that_is_done() -> None:
    ann = Rung("ann", lambda a: False, 60.0, 0.0, own=lambda a: a.assigned_to == "ann")
    here = street(rung("group"), ann)
    here.escalation.see(alert(), 0.0)
    (flying,) = here.escalation.due(0, 0.0)
    here.escalation.see(
        replace(alert(state=TAKEN, revision=2), given=1, given_at=NOON, asked=True, assigned_to="ann"), 1.0
    )
    assert here.escalation.due(1, 1.0) == []
    here.escalation.told(0, [flying], 2.0)
    assert [a.revision for a in here.escalation.due(1, 2.0)] == [2]


def test_what_is_asked_for_quietly_held_or_put_aside_reaches_no_phone() -> None:
    asked = replace(alert(state=TAKEN), reminded=1, asked=True)
    for hushed in (
        replace(asked, quiet=True),
        replace(asked, parent="e/9"),
        replace(asked, state=AlertState.SHELVED),
        replace(asked, state=AlertState.CLOSED),
    ):
        here = street(rung("group"))
        here.escalation.see(hushed, 0.0)
        here.until(100.0)
        assert here.who == []


def test_a_channel_that_fails_costs_no_waiting() -> None:
    here = street(rung("group"), rung("sms"), broken=("group",))
    here.escalation.see(alert(), 0.0)
    here.until(10.0)
    assert here.who == [(0.0, "sms")]


def test_while_all_fail_they_are_soon_tried_again() -> None:
    here = street(rung("group"), rung("sms"), broken=("group", "sms"))
    here.escalation.see(alert(), 0.0)
    here.until(FIRST_RETRY_SECONDS - 1)
    here.broken.clear()
    here.until(FIRST_RETRY_SECONDS + 1)
    assert here.who == [(FIRST_RETRY_SECONDS, "group")]


def test_one_more_on_the_count_is_no_new_happening() -> None:
    here = street(rung("group", wait=1000.0))
    for revision in range(1, 50):
        here.escalation.see(alert(revision=revision), here.now)
        here.until(here.now + 1.0)
    assert here.who == [(0.0, "group")]


def test_many_at_once_are_one_message_gravest_first() -> None:
    here = street(rung("group"))
    for number, kind in enumerate((Kind.FEVER, Kind.FALL, Kind.FEVER, Kind.HELP_CALLED), start=1):
        here.escalation.see(alert(number, kind), 0.0)
    here.until(1.0)
    assert here.told == [(0.0, "group", ["e/2", "e/4", "e/1", "e/3"])]


def test_messages_keep_a_gap() -> None:
    group = Rung(name="group", suits=lambda _: True, wait_seconds=1000.0, gap_seconds=3.0)
    here = street(group)
    for number in range(1, 11):
        here.escalation.see(alert(number), here.now)
        here.until(here.now + 1.0)
    here.until(20.0)
    assert [at for at, _ in here.who] == [0.0, 3.0, 6.0, 9.0, 12.0]
    assert sum(len(ids) for _, _, ids in here.told) == 10


def test_an_alert_that_suits_no_channel_waits_for_none() -> None:
    here = street(rung("falls", only=Kind.FALL))
    here.escalation.see(alert(kind=Kind.FEVER), 0.0)
    assert len(here.escalation) == 0


def test_taken_while_a_slow_channel_is_at_it() -> None:
    here = street(rung("group"), rung("sms"))
    here.escalation.see(alert(), 0.0)
    flying = here.escalation.due(0, 0.0)
    assert here.escalation.due(0, 0.0) == []
    here.escalation.see(alert(state=AlertState.ACKNOWLEDGED, revision=2), 1.0)
    here.escalation.told(0, flying, 2.0)
    here.until(100_000.0)
    assert here.who == []


def test_memory_is_bounded_and_the_gravest_stay() -> None:
    here = street(rung("group", wait=86_400.0))
    for number in range(MOST_PENDING + 50):
        here.escalation.see(alert(number, Kind.FEVER), 0.0)
    fall = alert(9999, Kind.FALL)
    here.escalation.see(fall, 0.0)
    assert len(here.escalation) == MOST_PENDING
    assert here.escalation.left_out == 51
    here.until(0.0)
    assert here.told[0][2][0] == fall.id
    for number in range(MOST_PENDING):
        here.escalation.see(alert(number, Kind.FEVER, AlertState.CLOSED), 0.0)
    assert here.escalation.has_room_again


states = st.sampled_from([AlertState.RAISED, AlertState.RAISED, AlertState.ACKNOWLEDGED, AlertState.CLOSED])
steps = st.lists(st.tuples(st.integers(1, 5), states, st.floats(0.0, 500.0), st.booleans()), max_size=40)


@given(steps)
def test_only_what_nobody_has_taken_is_told_and_nothing_of_it_is_forgotten(
    history: list[tuple[int, AlertState, float, bool]],
) -> None:
    here = street(rung("group"), rung("sms"))
    raised: dict[str, Alert] = {}
    for revision, (number, state, pause, breaks) in enumerate(history, start=1):
        seen = alert(number, state=state, revision=revision)
        here.escalation.see(seen, here.now)
        raised.pop(seen.id, None)
        if state is AlertState.RAISED:
            raised[seen.id] = seen
        here.broken = {"group", "sms"} if breaks else set()
        before = len(here.told)
        here.until(here.now + pause)
        assert {name for _, _, ids in here.told[before:] for name in ids} <= raised.keys()
    here.broken.clear()
    before = len(here.told)
    here.until(here.now + 8000.0)
    assert {name for _, _, ids in here.told[before:] for name in ids} == raised.keys()
