"""Flats and bands of one round in; who is kept at home there and what befalls them out."""

from typing import Final

from sim.happenings import AsksService, BandTurns, DoorMoves, Expected, Mood, Stay
from sim.throw import LAST_SECONDS, SETTLES_SECONDS, Throw

AT_GATE_SECONDS: Final = 11.0  # four on the way, and some for a slow machine
CANCELLED_SECONDS: Final = 10.0  # a fall and the presses after it
BROUGHT_SECONDS: Final = 6.0  # asked for, granted, carried, taken in
MOODS: Final = (
    *(Mood.FEVER, Mood.HOT_ONCE, Mood.CALLS, Mood.FALLS, Mood.CANCELS),
    *(Mood.TAKES_OFF, Mood.FORGED, Mood.SILENT, Mood.AT_GATE, Mood.WELL),
)
STAYS: Final = len(MOODS)
BEGIN_SECONDS: Final = {  # between which seconds of a round; who goes to a gate was at home before
    Mood.FEVER: (1.0, 2.0),
    Mood.SILENT: (1.0, 2.0),
    Mood.CANCELS: (1.0, 3.0),
    Mood.AT_GATE: (4.0, 5.0),
}


def quarantines(thrown: Throw, flats: list[str], first_band: int, turn: int) -> None:
    """`turn`: how often these flats had their turn. A band does the same again only when all others have."""
    for index, flat in enumerate(flats):
        mood = MOODS[(index + turn) % STAYS]
        if mood is Mood.FORGED and thrown.number % 2:
            mood = Mood.REPLAYED
        gate_pass = thrown.wanted("observed", f"observed-{index}", days=14, days_ago=0.5)
        window = mood is Mood.FALLS
        thrown.stays.append(Stay(flat=flat, band=first_band + index, gate_pass=gate_pass, window=window))
        _band(thrown, first_band + index, flat, mood)
        if mood is Mood.WELL:
            _leaves(thrown, gate_pass)
        if mood is Mood.FEVER:
            _asks(thrown, flat, "medicine")
        if mood in (Mood.HOT_ONCE, Mood.FALLS):
            _door(thrown, flat, open_seconds=1.5, alerts=() if window else ("quarantine_door_opened",))
        if mood is Mood.CALLS:
            late = thrown.scenario.limits["left_open_seconds"]
            alerts = ("quarantine_door_opened", "quarantine_door_left_open")
            _door(thrown, flat, open_seconds=late + 2, alerts=alerts)


def _band(thrown: Throw, band: int, flat: str, mood: Mood) -> None:
    limits = thrown.scenario.limits
    kind, cause, takes = {
        Mood.FEVER: ("fever", "", limits["fever_readings"] * limits["hot_every_seconds"] + 3),
        Mood.CALLS: ("help_called", "band", 2.0),
        Mood.FALLS: ("fall", "band", 2.0),
        Mood.CANCELS: ("fall", "band", CANCELLED_SECONDS),
        Mood.AT_GATE: ("band_at_gate", "", AT_GATE_SECONDS),
        Mood.TAKES_OFF: ("band_taken_off", "", limits["taken_off_seconds"] + 2),
        Mood.FORGED: ("band_forged", "", 4.0),
        Mood.REPLAYED: ("band_forged", "", 4.0),
        Mood.SILENT: ("band_silent", "", limits["band_silent_seconds"] + 2),
    }.get(mood, ("", "", 2.0))
    scene = thrown.scene(f"band {band} {mood}")
    at = round(thrown.dice.uniform(*BEGIN_SECONDS.get(mood, (2, 8))), 2)
    settled = at + takes + SETTLES_SECONDS
    thrown.happenings.append(BandTurns(at=at, scene=scene, settled=settled, band=band, mood=mood))
    if mood is Mood.AT_GATE:  # and goes home again
        home = BandTurns(at=at + takes, scene=scene, settled=settled, band=band, mood=Mood.WELL)
        thrown.happenings.append(home)
    if kind:
        place = thrown.scenario.gate_with_receiver if mood is Mood.AT_GATE else flat
        closing = "wearer" if mood is Mood.CANCELS else ""
        thrown.expected.append(Expected(scene=scene, kind=kind, place=place, cause=cause, closing=closing))


def _leaves(thrown: Throw, gate_pass: str) -> None:
    """Somebody in quarantine goes out, and comes back in."""
    scene = thrown.scene("leaves")
    (out, left_at), (back, back_at) = thrown.take_two("out", latest=8)
    thrown.shows(scene, out, left_at, gate_pass, "quarantined")
    thrown.shows(scene, back, back_at, gate_pass, "quarantined", after=out.id)
    for kind, lane in (("quarantined_person_left", out), ("quarantined_person_at_gate", back)):
        thrown.expected.append(Expected(scene=scene, kind=kind, place=lane.id, cause="code"))


def _asks(thrown: Throw, flat: str, purpose: str) -> None:
    """By the code on the inside of the door, and takes in what is brought."""
    at = round(thrown.dice.uniform(2, thrown.scenario.round_seconds - LAST_SECONDS - BROUGHT_SECONDS), 2)
    settled = at + BROUGHT_SECONDS + SETTLES_SECONDS
    scene = thrown.scene(f"asks {flat}")
    thrown.happenings.append(AsksService(at=at, scene=scene, settled=settled, flat=flat, purpose=purpose))


def _door(thrown: Throw, flat: str, open_seconds: float, alerts: tuple[str, ...]) -> None:
    scene = thrown.scene(f"door {flat} {len(thrown.happenings)}")
    at = round(thrown.dice.uniform(1, thrown.scenario.round_seconds - LAST_SECONDS - open_seconds), 2)
    settled = at + open_seconds + SETTLES_SECONDS
    for when, is_open in ((at, True), (at + open_seconds, False)):
        thrown.happenings.append(DoorMoves(at=when, scene=scene, settled=settled, flat=flat, open=is_open))
    for kind in alerts:
        cause = "door" if kind == "quarantine_door_opened" else ""
        thrown.expected.append(Expected(scene=scene, kind=kind, place=flat, cause=cause))
