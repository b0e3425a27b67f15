"""The promises every driver keeps, held against each file of devices/ that declares a DRIVER. It finds them by itself.

A new driver needs one entry in tests/devices/recordings.py and nothing here.
"""

import ast
import importlib
import re
from collections.abc import Sequence
from datetime import UTC
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import devices
from devices.driver import Action, Decoder, Describe, Driver, Identify, Output, Reply, TellSpent, load
from devices.reading import Receipt, Sighting, SpentPass
from tests.devices.recording import Recording
from tests.devices.recordings import RECORDINGS

FOLDER = Path(devices.__file__).parent


def declares_driver(path: Path) -> bool:
    return any(
        isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == "DRIVER" for to in node.targets)
        for node in ast.parse(path.read_text("utf-8")).body
    )


NAMES = sorted(path.stem for path in FOLDER.glob("*.py") if declares_driver(path))
NUMBERS = st.integers(0, 2**32 - 1)
HOURS = st.datetimes(timezones=st.just(UTC))
every_driver = pytest.mark.parametrize("name", NAMES)


def recording(name: str) -> Recording:
    assert name in RECORDINGS, f"devices/{name}.py has no recording: add one to tests/devices/recordings.py"
    return RECORDINGS[name]


def decoder_of(name: str) -> Decoder[Any]:
    driver, recorded = load(name), recording(name)
    decoder: Decoder[Any] = driver.decoder(driver.settings.model_validate(recorded.settings), recorded.keys())
    return decoder


def feed(decoder: Decoder[Any], chunks: Sequence[Any]) -> list[Sighting | Reply]:
    return [said for chunk in chunks for said in decoder.feed(chunk)]


def actions(speakers: st.SearchStrategy[str]) -> st.SearchStrategy[Action]:
    return st.one_of(
        st.builds(Output, speakers, st.booleans(), st.floats()),
        st.builds(Identify, speakers, st.floats()),
        st.builds(Describe, speakers),
        st.builds(TellSpent, speakers, st.tuples(st.builds(SpentPass, st.text(max_size=20), HOURS, HOURS))),
    )


def test_there_are_drivers_and_no_recording_is_left_of_one_that_went() -> None:
    assert set(RECORDINGS) <= set(NAMES)
    assert {"door_node", "serial_scanner", "template"} <= set(NAMES)


@every_driver
def test_it_is_loaded_by_its_files_name_and_says_what_goes_in_and_out(name: str) -> None:
    assert isinstance(load(name), Driver)
    words = importlib.import_module(f"devices.{name}").__doc__ or ""
    assert re.search(r"\bin\b.*\bout\b", words.partition("\n\n")[0], re.DOTALL)


@every_driver
def test_settings_it_does_not_know_are_refused_and_those_it_knows_do_not_change(name: str) -> None:
    model, known = load(name).settings, dict(recording(name).settings)
    with pytest.raises(ValidationError, match="surprise"):
        model.model_validate({**known, "surprise": 1})
    valid = model.model_validate(known)
    first = next(iter(model.model_fields))
    with pytest.raises(ValidationError, match="frozen"):
        setattr(valid, first, getattr(valid, first))


@every_driver
def test_the_recording_gives_what_was_seen(name: str) -> None:
    recorded = recording(name)
    said = feed(decoder_of(name), recorded.chunks)
    assert [each.seen for each in said if isinstance(each, Sighting)] == list(recorded.seen)
    assert recorded.seen


@every_driver
@given(data=st.data())
@settings(deadline=None)
def test_how_it_was_cut_makes_no_difference(name: str, data: st.DataObject) -> None:
    recorded = recording(name)
    pieces = [piece for chunk in recorded.chunks for piece in recorded.pieces(chunk)]
    cuts = data.draw(st.sets(st.integers(1, len(pieces) - 1)))
    edges = [0, *sorted(cuts), len(pieces)]
    runs = [pieces[start:end] for start, end in pairwise(edges)]
    chunks = [recorded.join(run) for run in runs] if recorded.join is not None else pieces
    assert feed(decoder_of(name), chunks) == feed(decoder_of(name), recorded.chunks)


@every_driver
@given(data=st.data())
@settings(deadline=None)
def test_noise_never_raises_and_means_the_same_however_it_is_cut(name: str, data: st.DataObject) -> None:
    recorded = recording(name)
    noise = data.draw(st.lists(recorded.noise, min_size=1, max_size=8))
    said = feed(decoder_of(name), noise)
    assert all(isinstance(each, Sighting | Reply) for each in said)
    if recorded.join is None:
        return
    pieces = [piece for chunk in noise if chunk for piece in recorded.pieces(chunk)]
    if all(noise):  # an empty chunk is a word of its own: the link was quiet
        assert feed(decoder_of(name), pieces) == said


@every_driver
@given(data=st.data())
@settings(deadline=None)
def test_after_noise_and_quiet_it_still_answers_and_never_raises(name: str, data: st.DataObject) -> None:
    recorded, decoder = recording(name), decoder_of(name)
    feed(decoder, data.draw(st.lists(recorded.noise, max_size=4)))
    if recorded.join is not None:
        feed(decoder, [recorded.join([])])
    said = feed(decoder, recorded.chunks)
    sightings = [each for each in said if isinstance(each, Sighting)]
    speakers = st.sampled_from(["", "somebody else", *sorted({each.speaker for each in sightings if each.speaker})])
    strange = data.draw(st.lists(st.builds(Receipt, speakers, NUMBERS, NUMBERS), max_size=4))
    for receipt in [*(each.receipt for each in sightings if each.receipt is not None), *strange]:
        assert all(isinstance(told, bytes) for told in decoder.confirm(receipt))
    for action in data.draw(st.lists(actions(speakers), max_size=4)):
        assert all(isinstance(told, bytes) for told in decoder.act(action))


@every_driver
def test_what_waits_for_its_acknowledgement_is_said_again_when_it_comes_again(name: str) -> None:
    decoder, recorded = decoder_of(name), recording(name)
    first, again = (
        [each.receipt for each in feed(decoder, recorded.chunks) if isinstance(each, Sighting) and each.receipt]
        for _ in range(2)
    )
    assert again == first
