"""The hour, temperatures and answers in; who is to be called or knocked at, and the figures of each round, out."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from gateway.compound import Places
from gateway.events.every import (
    BandHeard,
    ClockSet,
    ConfigLoaded,
    DeviceSilent,
    DoorMoved,
    HouseOpened,
    SightingsLost,
    TemperatureTaken,
)
from gateway.findings import Anomaly, Over
from gateway.kinds import Kind
from gateway.orders.every import QuarantineEnded
from gateway.orders.rounds import TaskAnswered
from gateway.round_evidence import doubt, gaps_of, is_measured, observed
from gateway.rounds import Outcome, Round, RoundDone, Task, TaskKind, TaskState, Why
from gateway.rules.door_watched import window_end
from gateway.rules.rule import Conclusion, Wake
from gateway.state.indexed import Indexed
from gateway.state.state import State

BEGIN, CLOSE, DUE = "begin|", "close|", "due|"
NOT_REACHED = frozenset({Outcome.NO_ANSWER, Outcome.NOT_AT_HOME})


class Rounds:
    name = "rounds"
    reads = (
        HouseOpened,
        ClockSet,
        ConfigLoaded,
        TemperatureTaken,
        BandHeard,
        DoorMoved,
        DeviceSilent,
        SightingsLost,
        QuarantineEnded,
        TaskAnswered,
    )

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        match what:
            case HouseOpened() | ClockSet() | ConfigLoaded():
                for compound in places.compounds:
                    yield from _next(compound, state.heard, state, places)
            case TemperatureTaken():
                yield from _measured(what, state)
            case DoorMoved(open=True, flat=flat) if window_end(flat, what.at, state) is None:
                doubt(flat, Why.DOOR_OPENED, state)
            case BandHeard(worn=False):
                _broken(what.device, Why.BAND_OFF, state)
            case DeviceSilent():
                why = Why.BAND_SILENT if _flat_of_band(what.device, state) else Why.DOOR_SILENT
                _broken(what.device, why, state, places)
            case SightingsLost():
                _broken(what.device, Why.RECORDS_LOST, state, places)
            case QuarantineEnded():
                yield from _released(what.at, state)
            case TaskAnswered():
                yield from _answered(what, state)
            case _:
                pass

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        if key.startswith(BEGIN):
            compound = key.removeprefix(BEGIN)
            if compound in places.compounds:
                yield from _begin(compound, dated, state, places)
        elif key.startswith(CLOSE):
            compound = key.removeprefix(CLOSE)
            if compound in places.compounds:
                yield from _close(compound, dated, state, places)
        else:
            yield from _overdue(key.removeprefix(DUE), dated, state)


# the hours


def _next(compound: str, after: datetime, state: State, places: Places) -> Iterator[Conclusion]:
    """The next round of this compound. One that was to begin while the house was closed begins late."""
    zone = ZoneInfo(places.compounds[compound].timezone)
    day = after.astimezone(zone).date()
    hours = [
        datetime.combine(day + timedelta(days=ahead), hour, zone).astimezone(UTC)
        for ahead in (0, 1)
        for hour in state.round_rules.hours
    ]
    at = min((hour for hour in hours if hour > after), default=None)
    if at is not None:
        yield Wake(key=BEGIN + compound, due=at, dated=at, calendar=True)


def _begin(compound: str, at: datetime, state: State, places: Places) -> Iterator[Conclusion]:
    local = at.astimezone(ZoneInfo(places.compounds[compound].timezone))
    ends = at + timedelta(seconds=state.round_rules.seconds)
    second = f"{local:%S}" if local.second else ""  # two rounds of one minute are two
    state.rounds[compound] = Round(id=f"{compound}/{local:%Y-%m-%dT%H%M}{second}", begun=at, ends=ends)
    yield Wake(key=CLOSE + compound, due=ends, dated=ends)
    yield from _next(compound, at, state, places)


def _close(compound: str, at: datetime, state: State, places: Places) -> Iterator[Conclusion]:
    """Whom the devices did not answer for is called; where the evidence has a gap somebody goes."""
    round_ = state.rounds.get(compound)
    if round_ is None:
        return
    yield from _released(at, state)
    stays = observed(compound, at, state, places)
    unmeasured = [stay for stay in stays if not is_measured(stay, round_, state)]
    flats = list(dict.fromkeys(stay.flat for stay in stays))
    gaps = {flat: found for flat in flats if (found := gaps_of(flat, state, places))}
    for flat in flats:
        state.gaps.pop(flat, None)
    rules = state.round_rules
    known = set(state.tasks)
    for stay in unmeasured:
        why = (Why.NOT_MEASURED,) if stay.band else (Why.NO_BAND,)
        yield from _task(round_, TaskKind.CALL, at, rules.call_within_seconds, state, stay.flat, stay.subject, why)
    for flat, found in gaps.items():
        yield from _task(round_, TaskKind.KNOCK, at, rules.knock_within_seconds, state, flat, "", found)
    waits = not known.issuperset(state.tasks)  # for tasks of its own; older ones are of the rounds they began in
    done = RoundDone(
        at=at,
        round=round_.id,
        compound=compound,
        persons=len(stays),
        measured=len(stays) - len(unmeasured),
        calls=len(unmeasured),
        flats=len(flats),
        knocks=len(gaps),
        saved=len(flats) - len(gaps),
    )
    if stays:
        if waits:
            state.round_figures[round_.id] = done
        yield replace(done, final=not waits)


# tasks


def _task(
    round_: Round,
    kind: TaskKind,
    at: datetime,
    within_seconds: float,
    state: State,
    flat: str,
    subject: str,
    why: tuple[Why, ...],
) -> Iterator[Conclusion]:
    """A new task, unless somebody is at it already."""
    if any(each.kind is kind and each.subject == subject for each in state.tasks_by("flat", flat)):
        return
    due = at + timedelta(seconds=within_seconds)
    task = Task(
        id=f"{round_.id}/{kind}/{subject or flat}",
        at=at,
        changed_at=at,
        due=due,
        round=round_.id,
        kind=kind,
        state=TaskState.OPEN,
        revision=1,
        flat=flat,
        subject=subject,
        why=why,
    )
    state.tasks[task.id] = task
    yield task
    yield Wake(key=DUE + task.id, due=due, dated=due)


def _overdue(task_id: str, at: datetime, state: State) -> Iterator[Conclusion]:
    """Nobody has called, or gone, in time: that is an alert."""
    yield from _released(at, state)
    task = state.tasks.get(task_id)
    if task is None:
        return
    late = replace(task, state=TaskState.OVERDUE, revision=task.revision + 1, changed_at=at)
    state.tasks[task_id] = late
    yield late
    yield Anomaly(kind=Kind.NOT_LOOKED_AFTER, key=_key(task), at=at, place=task.flat, subject=task.subject)


def _answered(answer: TaskAnswered, state: State) -> Iterator[Conclusion]:
    task = state.tasks[answer.task]
    outcome = Outcome(answer.outcome)
    yield from _done(task, outcome, answer.at, state, by=answer.by, celsius=answer.celsius, comment=answer.comment)
    hot = answer.celsius is not None and answer.celsius >= state.limits.fever_celsius
    if outcome is Outcome.UNWELL or hot:
        yield Anomaly(
            kind=Kind.SAID_UNWELL,
            key=_key(task),
            at=answer.at,
            place=task.flat,
            subject=task.subject,
            celsius=answer.celsius,
        )
    if outcome not in NOT_REACHED:
        return
    if task.kind is TaskKind.KNOCK:
        yield Anomaly(kind=Kind.NOT_AT_HOME, key=_key(task), at=answer.at, place=task.flat, subject=task.subject)
        return
    round_ = Round(id=task.round, begun=task.at, ends=task.at)
    within = state.round_rules.knock_within_seconds
    yield from _task(
        round_, TaskKind.KNOCK, answer.at, within, state, task.flat, task.subject, (*task.why, Why.NO_ANSWER)
    )


def _done(
    task: Task,
    outcome: Outcome,
    at: datetime,
    state: State,
    *,
    by: str,
    celsius: float | None = None,
    comment: str = "",
) -> Iterator[Conclusion]:
    del state.tasks[task.id]
    yield replace(
        task,
        state=TaskState.DONE,
        revision=task.revision + 1,
        changed_at=at,
        outcome=outcome,
        by=by,
        celsius=celsius,
        comment=comment,
    )
    yield Over(kind=Kind.NOT_LOOKED_AFTER, key=_key(task), at=at)
    figures = state.round_figures.get(task.round)
    if figures is None:
        return
    figures = replace(figures, reached=figures.reached + (outcome not in NOT_REACHED))
    if state.tasks_by("round", task.round) or (task.kind is TaskKind.CALL and outcome in NOT_REACHED):
        state.round_figures[task.round] = figures
        return
    del state.round_figures[task.round]
    yield replace(figures, at=at, final=True)


def _measured(taken: TemperatureTaken, state: State) -> Iterator[Conclusion]:
    """Worn, or it would not have come this far. Who was to be called has answered by the band."""
    stay = state.stay_with(taken.device)
    if stay is None:
        return
    state.measured[taken.device] = max(taken.at, state.measured.get(taken.device, taken.at))
    for task in [each for each in state.tasks_by("subject", stay.subject) if each.kind is TaskKind.CALL]:
        if taken.at >= task.at:
            yield from _done(task, Outcome.MEASURED, taken.heard, state, by="band")


def _released(at: datetime, state: State) -> Iterator[Conclusion]:
    """Who is no longer observed is neither called nor knocked at. Thousands of tasks may fall due at one instant: while
    no stay and no task has changed since they were last looked through, all of them are of somebody observed."""
    assert isinstance(state.tasks, Indexed)
    assert isinstance(state.quarantines, Indexed)
    if state.tasks.looked == (state.tasks.turns, state.quarantines.turns):
        return
    for task in list(state.tasks.values()):
        stays = state.quarantines_of(task.flat)
        if not any(task.subject in ("", stay.subject) for stay in stays):
            yield from _done(task, Outcome.RELEASED, at, state, by="")
    for band in [band for band in state.measured if state.stay_with(band) is None]:
        del state.measured[band]
    for flat in [flat for flat in state.gaps if not state.quarantines_of(flat)]:
        del state.gaps[flat]
    state.tasks.looked = (state.tasks.turns, state.quarantines.turns)


def _broken(device: str, why: Why, state: State, places: Places | None = None) -> None:
    flat = _flat_of_band(device, state)
    if not flat and places is not None and (home := places.flat_of(device)) is not None:
        flat = home.id
    if flat:
        doubt(flat, why, state)


def _flat_of_band(band: str, state: State) -> str:
    stay = state.stay_with(band)
    return stay.flat if stay is not None else ""


def _key(task: Task) -> str:
    return task.subject or task.flat
