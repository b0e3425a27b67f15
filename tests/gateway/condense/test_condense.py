"""Many readings in, few out, every one accounted for, nothing lost that matters."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from devices.reading import (
    AliveSeen,
    BandSeen,
    CodeSeen,
    DeafSeen,
    DoorSeen,
    ForgedSeen,
    GarbledSeen,
    HelloSeen,
    LinkSeen,
    LostSeen,
    Reading,
    Receipt,
    Seen,
    TamperSeen,
    TemperatureSeen,
)
from gateway.events.every import BandHeard, DeviceForged, DoorMoved, GarbledHeard, TemperatureTaken
from gateway.kinds import Kind
from tests.gateway.keeping import BAND, DOOR, START, Kept, of, seconds

celsius = st.none() | st.sampled_from([35.0, 36.6, 37.2, 37.3, 38.9])
bands = st.builds(
    BandSeen,
    rssi=st.integers(-100, -30),
    counter=st.integers(0, 2**32 - 1),
    celsius=celsius,
    worn=st.none() | st.booleans(),
    sos=st.booleans(),
    fallen=st.booleans(),
    battery_percent=st.none() | st.integers(0, 100),
    repeat=st.booleans(),
)
seens: st.SearchStrategy[Seen] = st.one_of(
    bands,
    st.builds(DoorSeen, open=st.booleans()),
    st.builds(TamperSeen, open=st.booleans()),
    st.builds(AliveSeen, battery_percent=st.none() | st.integers(0, 100), open=st.none() | st.booleans()),
    st.builds(ForgedSeen, why=st.just("wrong key"), count=st.integers(1, 5)),
    st.builds(GarbledSeen, length=st.integers(0, 99), digest=st.just("ab"), why=st.just("wrong checksum")),
    st.builds(LinkSeen, open=st.booleans()),
    st.builds(DeafSeen, deaf=st.booleans()),
    st.builds(TemperatureSeen, celsius=st.floats(30, 42)),
    st.builds(LostSeen, count=st.integers(1, 9)),
    st.builds(HelloSeen, firmware=st.just("1"), boot=st.integers(0, 9)),
    st.builds(CodeSeen, text=st.text(max_size=8)),
)
devices = st.sampled_from([BAND, DOOR, "camera", "cable", "radio", "nobody"])
steps = st.lists(st.tuples(devices, seens, st.floats(0.0, 200.0)), max_size=60)


@given(steps=steps)
@settings(max_examples=150, deadline=None)
def test_every_reading_is_accounted_for(steps: list[tuple[str, Seen, float]]) -> None:
    kept = Kept()
    kept.quarantine(band=BAND)
    for heard, (device, seen, pause) in enumerate(steps, start=1):
        kept.hear(device, seen, link="radio" if device == BAND else "cable")
        tally = kept.gatekeeper.condenser.tally
        assert tally.heard == heard == tally.passed + tally.condensed
        kept.pass_time(seconds(pause))


@given(steps=steps)
@settings(max_examples=150, deadline=None)
def test_nothing_is_lost_that_matters(steps: list[tuple[str, Seen, float]]) -> None:
    """Every first call for help, every first hot reading of a worn band, every movement, every forgery is told."""
    kept = Kept()
    kept.quarantine(band=BAND)
    forged = garbled = 0
    movements: list[bool] = []
    worn, was_hot, called = True, False, None
    hot_told = kept.now - timedelta(hours=1)
    for device, seen, pause in steps:
        bodies = kept.hear(device, seen, link="radio" if device == BAND else "cable")
        match seen:
            case ForgedSeen(count=count):
                forged += count
            case GarbledSeen():
                garbled += 1
            case DoorSeen(open=is_open) if device == DOOR:
                movements.append(is_open)
                assert [moved.open for moved in of(DoorMoved, bodies)] == [is_open]
            case BandSeen(repeat=False) if device == BAND:
                worn = worn if seen.worn is None else seen.worn
                if seen.sos and (called is None or kept.now - called >= timedelta(seconds=60)):
                    assert any(heard.sos for heard in of(BandHeard, bodies))
                    called = kept.now
                if seen.celsius is not None and worn:
                    hot = seen.celsius >= 37.3
                    told = [taken.celsius for taken in of(TemperatureTaken, bodies)]
                    if hot and not was_hot and kept.now - hot_told >= seconds(10):  # what wavers about it waits
                        assert told == [seen.celsius]
                    if hot and told:
                        hot_told = kept.now
                    was_hot = hot
            case _:
                pass
        kept.pass_time(seconds(pause))
    kept.pass_time(seconds(121), seconds(30))
    assert sum(told.count for told in of(DeviceForged, kept.wrote())) == forged
    # two unreadable codes within a second are counted so as well (gateway/noise.py)
    told = [each for each in of(GarbledHeard, kept.wrote()) if not each.why.startswith("unreadable codes")]
    assert sum(each.count for each in told) == garbled


def band_at(kept: Kept, celsius: float, counter: int) -> None:
    kept.hear(BAND, BandSeen(rssi=-60, counter=counter, celsius=celsius), link="radio")


def observed() -> Kept:
    kept = Kept()
    kept.quarantine(band=BAND)
    return kept


def test_the_temperature_of_whom_nobody_observes_goes_no_further() -> None:
    kept = Kept()
    for counter, celsius in enumerate((36.5, 38.5, 39.5, 39.5, 36.5)):
        band_at(kept, celsius, counter)
        kept.now += seconds(100)
    assert of(TemperatureTaken, kept.wrote()) == []


def test_a_day_of_a_well_person_is_a_row_in_a_quarter_of_an_hour() -> None:
    kept = observed()
    for counter in range(0, 86_400, 30):
        band_at(kept, 36.4 + counter % 7 / 10, counter)
        kept.now += seconds(30)
    assert len(of(TemperatureTaken, kept.wrote())) == 96


def test_an_hour_about_a_threshold_is_at_most_two_rows_in_ten_seconds() -> None:
    kept = observed()
    for counter in range(0, 3600, 2):
        band_at(kept, 37.3 if counter % 4 else 37.2, counter)
        kept.now += seconds(2)
    assert 360 <= len(of(TemperatureTaken, kept.wrote())) <= 720


def test_a_thousand_adverts_a_minute_are_one_temperature() -> None:
    kept = observed()
    for counter in range(1000):
        band_at(kept, 36.5, counter)
        kept.now += seconds(0.06)
    assert len(of(TemperatureTaken, kept.wrote())) == 1
    tally = kept.gatekeeper.condenser.tally
    assert (tally.heard, tally.passed, tally.condensed) == (1000, 1, 999)


def test_hot_readings_pass_more_often_so_that_a_fever_is_known_in_time() -> None:
    kept = observed()
    for counter in range(400):
        band_at(kept, 38.5, counter)
        kept.now += seconds(1)
    assert len(of(TemperatureTaken, kept.wrote())) == 31  # five minutes later the fever was told
    assert [alert.celsius for alert in kept.raised(Kind.FEVER)] == [38.5]


def test_repeats_are_presence_and_nothing_else() -> None:
    kept = Kept()
    kept.hear(BAND, BandSeen(rssi=-60, counter=1, celsius=39.0, sos=True, repeat=True), link="radio")
    assert kept.gatekeeper.condenser.tally.repeats == 1
    assert of(BandHeard, kept.wrote()) == []
    assert of(TemperatureTaken, kept.wrote()) == []
    assert kept.gatekeeper.condenser.liveness.last(BAND) == START


def test_a_beat_tells_of_a_movement_that_was_lost() -> None:
    kept = Kept()
    kept.hear(DOOR, AliveSeen(open=True))
    kept.hear(DOOR, AliveSeen(open=True))
    kept.hear(DOOR, AliveSeen(open=False))
    assert [moved.open for moved in of(DoorMoved, kept.wrote())] == [True, False]


def test_a_flood_of_forgeries_is_told_at_once_and_then_by_number_also_when_it_stops() -> None:
    kept = Kept()
    for _ in range(1000):
        kept.hear(BAND, ForgedSeen(why="replayed"), link="radio")
        kept.now += seconds(0.03)
    assert [told.count for told in of(DeviceForged, kept.wrote())] == [1]
    kept.pass_time(seconds(31))
    assert [told.count for told in of(DeviceForged, kept.wrote())] == [1, 999]
    kept.pass_time(seconds(600), seconds(10))
    assert sum(told.count for told in of(DeviceForged, kept.wrote())) == 1000


def test_a_step_of_the_clock_forgets_nothing_and_deafens_no_band() -> None:
    kept = observed()
    band_at(kept, 36.5, 1)
    kept.hear("camera", CodeSeen(text="MS1:SECRET"))
    for _ in range(5):
        kept.hear(DOOR, GarbledSeen(length=3, digest="ab", why="wrong checksum"))
    kept.set_clock(timedelta(hours=-8))
    assert kept.gatekeeper.condenser.tally.heard == 7
    assert kept.gatekeeper.condenser.latest[BAND].heard == kept.now
    kept.now += seconds(901)
    band_at(kept, 36.5, 2)
    assert len(of(TemperatureTaken, kept.wrote())) == 2
    kept.pass_time(seconds(1))
    assert sum(told.count for told in of(GarbledHeard, kept.wrote())) == 5


def test_no_code_is_kept_for_a_glance() -> None:
    kept = Kept()
    kept.hear("camera", CodeSeen(text="MS1:SECRET"))
    assert kept.gatekeeper.condenser.latest["camera"].seen == AliveSeen()


def test_what_has_a_receipt_is_always_confirmed_and_on_record() -> None:
    kept = Kept()
    said: list[Seen] = [DoorSeen(open=True), AliveSeen(), LostSeen(count=2), HelloSeen("1", 1)]
    for number, seen in enumerate(said, start=1):
        for device in (DOOR, "nobody"):
            reading = Reading(kept.now, kept.now, "cable", device, seen, Receipt(device, 5, number))
            batch = kept.gatekeeper.receive(reading)
            assert len(batch.effects) == 1
            assert [e.source for e in batch.entries if e.source] == [f"{device}/5/{number}"]
            assert kept.gatekeeper.receive(reading).entries == ()


def test_a_button_let_go_and_pressed_again_is_another_call() -> None:
    kept = Kept()
    calls = []
    for second, pressed in ((0, True), (1, True), (2, False), (3, True), (9, False), (12, True), (13, True)):
        kept.now = START + timedelta(seconds=second)
        heard = kept.hear(BAND, BandSeen(rssi=-60, counter=second + 1, sos=pressed), link="radio")
        calls += [second for body in of(BandHeard, heard) if body.sos]
    assert calls == [0, 12]


@given(seen=seens.filter(lambda seen: not isinstance(seen, BandSeen | HelloSeen | ForgedSeen | GarbledSeen)))
@settings(max_examples=60, deadline=None)
def test_ten_thousand_invented_names_mean_nothing_and_are_remembered_nowhere(seen: Seen) -> None:
    """A broker to which anybody may publish: each name with a flat battery was an alert."""
    kept = Kept()
    before = len(kept.wrote())
    condenser = kept.gatekeeper.condenser
    remembered = len(condenser.latest)
    for number in range(30):
        kept.hear(f"invented-{number}", seen)
        kept.hear(f"invented-{number}", AliveSeen(battery_percent=0))
    assert len(kept.wrote()) == before
    assert len(condenser.latest) == remembered
    assert condenser.tally.heard == condenser.tally.passed + condenser.tally.condensed


def test_what_invented_names_say_unreadably_is_counted_under_their_link() -> None:
    kept = Kept()
    for number in range(300):
        kept.hear(f"invented-{number}", GarbledSeen(length=3, digest="ab", why="no JSON"), link="cable")
    kept.pass_time(seconds(61))
    assert {(heard.device, heard.count) for heard in of(GarbledHeard, kept.wrote())} == {("cable", 1), ("cable", 299)}


def test_a_band_that_is_in_no_configuration_is_known_by_its_wearer() -> None:
    kept = Kept()
    kept.quarantine(band="band-00ff00ff00ff")
    kept.hear("band-00ff00ff00ff", TemperatureSeen(celsius=36.6))
    assert "band-00ff00ff00ff" in kept.gatekeeper.condenser.latest
