"""Pictures of a camera in; covered, dark, blurred or turned away out, in time, and never for what is no fault."""

from functools import partial

import numpy as np
import pytest

from devices.camera_sight import SHOWINGS, CameraSight
from devices.links.opencv import cv2
from devices.qr_reading import Gray
from devices.reading import SightFault, SightSeen
from tests.shared_data import folder_or_skip
from tests.sight import (
    Treatment,
    blurred,
    by_cap,
    by_hand,
    by_paint,
    clip,
    darkened,
    faults,
    played,
    said,
    slid,
    standing,
    tilted,
    treated,
)

IN_TIME = 10.0  # seconds in which a fault is stated, and taken back
RATE = 4.0
LEARNED = 70.0
CLIPS = ("codes_a", "neg_dashcam01", "neg_log_building")
FAULTS: list[tuple[Treatment, SightFault]] = [
    (by_hand, SightFault.COVERED),
    (by_cap, SightFault.COVERED),
    (by_paint, SightFault.COVERED),
    (darkened, SightFault.DARK),
    (blurred, SightFault.BLURRED),
]
TURNED: list[Treatment] = [slid, partial(slid, across=-0.3), partial(slid, across=0.0, down=0.25), tilted]


def scene(seed: int) -> Gray:
    """A gate as it might be: a wall, doors, signs, some of them fine."""
    dice = np.random.default_rng(seed)
    picture = np.full((360, 640), 130, np.uint8)
    for _ in range(90):
        x, y = int(dice.integers(0, 620)), int(dice.integers(0, 340))
        w, h = int(dice.integers(8, 110)), int(dice.integers(8, 90))
        cv2.rectangle(picture, (x, y), (x + w, y + h), int(dice.integers(20, 235)), int(dice.choice([-1, 2, 3])))
    return picture


GATE = scene(1)
PEOPLE = [scene(seed) for seed in (2, 3, 4)]


@pytest.fixture(scope="module")
def _learned() -> list[tuple[float, Gray]]:
    return list(standing(GATE, RATE, LEARNED, people=PEOPLE))


@pytest.fixture
def sight(_learned: list[tuple[float, Gray]]) -> CameraSight:
    """Of a camera that has looked at the gate for a while, with people passing; nothing was wrong."""
    sight = CameraSight()
    told = said(sight, _learned)
    assert [seen for _, seen in told] == [SightSeen(), SightSeen(learned=True)]
    return sight


@pytest.mark.parametrize("seconds", [1, 3, 10, 20, 40])
def test_a_hand_that_leaves_a_bright_slit_is_told_in_time_from_the_first_second_on(seconds: int) -> None:
    """Though its slit is sharp and has more edges than a bare wall: it takes nearly all there were away."""
    sight = CameraSight()
    assert faults(said(sight, standing(GATE, RATE, seconds, people=PEOPLE))) == []
    [(wrong_at, wrong)] = said(sight, treated(standing(GATE, RATE, 30, seconds), by_hand))
    assert wrong.fault is SightFault.COVERED
    assert wrong_at - seconds < IN_TIME
    [right_at] = [at for at, seen in said(sight, standing(GATE, RATE, 15, seconds + 30)) if seen.fault is None]
    assert right_at - seconds - 30 < IN_TIME


def test_codes_read_through_what_was_taken_for_a_hand_say_that_there_is_none() -> None:
    """Somebody stood before a bare lane when the camera was opened; without them nearly all of its edges are gone."""
    bare = np.full_like(GATE, 130)
    bare[:, 600:] = GATE[:, 600:]
    sight = CameraSight()
    said(sight, standing(GATE, RATE, 3))
    assert faults(said(sight, standing(bare, RATE, 20, 3, sigma=2))) == [SightFault.COVERED]
    shown = said(sight, standing(bare, RATE, 30, 23, sigma=2), code=lambda at: at % 5 < 0.3)
    assert [seen.fault for _, seen in shown] == [None]
    assert shown[0][0] - 23 < SHOWINGS * 5 + IN_TIME


@pytest.mark.parametrize(("treatment", "fault"), [*FAULTS, *((turned, SightFault.TURNED) for turned in TURNED)])
def test_a_fault_is_stated_and_taken_back_in_time(sight: CameraSight, treatment: Treatment, fault: SightFault) -> None:
    [(wrong_at, wrong)] = said(sight, treated(standing(GATE, RATE, 30, LEARNED, PEOPLE), treatment))
    [(right_at, right)] = said(sight, standing(GATE, RATE, 30, LEARNED + 30))
    assert (wrong, right) == (SightSeen(fault, learned=True), SightSeen(learned=True))
    assert (wrong_at - LEARNED < IN_TIME, right_at - LEARNED - 30 < IN_TIME) == (True, True)


@pytest.mark.parametrize(
    "light",
    [
        lambda picture: np.clip(picture * 1.8, 0, 255).astype(np.uint8),
        lambda picture: (picture * 0.3).astype(np.uint8),
        lambda picture: (255 * (picture / 255) ** 2).astype(np.uint8),
        lambda picture: (picture * np.linspace(0.3, 1, picture.shape[1])).astype(np.uint8),
    ],
    ids=["glaring", "dim", "contrast", "from one side"],
)
def test_other_light_is_no_fault(sight: CameraSight, light: Treatment) -> None:
    assert said(sight, treated(standing(GATE, RATE, 60, LEARNED, PEOPLE), light)) == []


def test_somebody_who_passes_close_by_is_no_fault(sight: CameraSight) -> None:
    before = list(standing(GATE, RATE, 4, LEARNED))
    close = treated(standing(GATE, RATE, 4, LEARNED + 4), by_hand)
    assert said(sight, [*before, *close, *standing(GATE, RATE, 10, LEARNED + 8)]) == []


def test_a_camera_that_starts_covered_or_in_the_dark_says_so() -> None:
    for treatment, fault in ((by_cap, SightFault.COVERED), (by_paint, SightFault.COVERED), (darkened, SightFault.DARK)):
        told = said(CameraSight(), treated(standing(GATE, RATE, 10), treatment))
        assert [seen for _, seen in told] == [SightSeen(fault)]


def test_a_camera_does_not_get_used_to_a_fault(sight: CameraSight) -> None:
    turned = treated(standing(GATE, 1.0, 600, LEARNED), slid)
    assert faults(said(sight, turned)) == [SightFault.TURNED]


def test_a_camera_turned_on_purpose_is_right_once_codes_were_shown_to_it(sight: CameraSight) -> None:
    """Each of them for two seconds; a code that just stays in view is one showing."""

    def shown(at: float) -> bool:
        return at > LEARNED + 20 and (at - LEARNED) % 20 < 2

    told = said(sight, treated(standing(GATE, RATE, 200, LEARNED), slid), code=shown)
    assert [seen for _, seen in told] == [
        SightSeen(SightFault.TURNED, learned=True),
        SightSeen(),
        SightSeen(learned=True),
    ]
    assert LEARNED + 20 * SHOWINGS < told[1][0] < LEARNED + 20 * SHOWINGS + IN_TIME


def test_a_picture_of_another_size_begins_anew(sight: CameraSight) -> None:
    smaller = [(at, np.ascontiguousarray(picture[:, ::2])) for at, picture in standing(GATE, RATE, 20, LEARNED)]
    assert said(sight, smaller) == [(LEARNED + 3, SightSeen())] or sight.seen == SightSeen()


@pytest.mark.parametrize("shape", [(1, 1), (21, 21), (2, 400), (720, 1280)])
def test_no_picture_is_too_small_or_too_bare(shape: tuple[int, int]) -> None:
    sight = CameraSight()
    for number in range(40):
        sight.look(np.full(shape, number, np.uint8), float(number), code=False)
    assert sight.seen == SightSeen(SightFault.COVERED)


# the clips


@pytest.fixture(scope="module")
def clips() -> dict[str, tuple[list[Gray], float]]:
    video = folder_or_skip("qr") / "video"
    return {name: clip(video / f"{name}.mp4") for name in CLIPS}


@pytest.mark.external
@pytest.mark.parametrize("rate", [5.0, 15.0, 30.0])
@pytest.mark.parametrize("name", CLIPS)
def test_no_false_alert_on_the_clips(clips: dict[str, tuple[list[Gray], float]], name: str, rate: float) -> None:
    """Once as they are, and again and again for three minutes: a car that drives on, a hand that pans."""
    pictures, own_rate = clips[name]
    for seconds in (len(pictures) / own_rate, 180.0):
        assert faults(said(CameraSight(), played(pictures, own_rate, rate, seconds))) == []


@pytest.mark.external
@pytest.mark.parametrize(("treatment", "fault"), FAULTS)
@pytest.mark.parametrize("name", CLIPS)
def test_each_fault_is_found_on_the_clips(
    clips: dict[str, tuple[list[Gray], float]], name: str, treatment: Treatment, fault: SightFault
) -> None:
    pictures, own_rate = clips[name]
    sight = CameraSight()
    assert faults(said(sight, played(pictures, own_rate, 5.0, LEARNED))) == []
    [(wrong_at, wrong)] = said(sight, treated(played(pictures, own_rate, 5.0, 15, LEARNED), treatment))
    [(right_at, right)] = said(sight, played(pictures, own_rate, 5.0, 15, LEARNED + 15))
    assert (wrong.fault, right.fault) == (fault, None)
    assert (wrong_at - LEARNED < IN_TIME, right_at - LEARNED - 15 < IN_TIME) == (True, True)


@pytest.mark.external
@pytest.mark.parametrize("turned", TURNED)
@pytest.mark.parametrize("name", CLIPS)
def test_turned_away_is_found_where_a_camera_stood_still(
    clips: dict[str, tuple[list[Gray], float]], name: str, turned: Treatment
) -> None:
    """No clip stands still; one of its pictures does, with noise, wind, light and the people of another clip."""
    view = cv2.resize(clips[name][0][0], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA).astype(np.uint8)
    people = clips["neg_dashcam01" if name == "codes_a" else "codes_a"][0][::100]
    sight = CameraSight()
    assert faults(said(sight, standing(view, RATE, LEARNED, people=people))) == []
    [(wrong_at, wrong)] = said(sight, treated(standing(view, RATE, 20, LEARNED, people), turned))
    [(right_at, right)] = said(sight, standing(view, RATE, 20, LEARNED + 20))
    assert (wrong, right) == (SightSeen(SightFault.TURNED, learned=True), SightSeen(learned=True))
    assert (wrong_at - LEARNED < IN_TIME, right_at - LEARNED - 20 < IN_TIME) == (True, True)
