"""What gateways tell each other: signed where they share a key, and then nothing else is believed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from devices.driver import NoKeys, TellSpent
from devices.links.broker import Heard
from devices.neighbour import NeighbourDecoder, NeighbourSettings
from devices.reading import ForgedSeen, GarbledSeen, Seen, Sighting, SpentPass, SpentSeen, UsedCode, UsedSeen

NOON = datetime(2026, 3, 12, 4, tzinfo=UTC)
SPENT = SpentPass("c0ffee0000000001", NOON, NOON + timedelta(days=1), "palm/west/in")
USED = UsedCode("c0ffee0000000002", NOON)
TELL = TellSpent("neighbours", (SPENT,), (USED,))


def gateway(name: str, key: Path | None = None, compound: str = "palm") -> NeighbourDecoder:
    settings = {"broker": {"client_id": name}, "gateway": name, "compound": compound, "key_file": key}
    return NeighbourDecoder(NeighbourSettings.model_validate(settings), NoKeys())


def key_file(folder: Path, name: str = "neighbours.key", text: str = "5f" * 32) -> Path:
    path = folder / name
    path.write_text(text + "\n")
    path.chmod(0o600)
    return path


def heard(decoder: NeighbourDecoder, *payloads: bytes, topic: str = "menshen/local/palm/spent") -> list[Seen]:
    found = [each for payload in payloads for each in decoder.feed(Heard(topic, payload))]
    return [each.seen for each in found if isinstance(each, Sighting)]


@pytest.mark.parametrize("signed", [True, False])
def test_what_one_tells_the_other_hears(tmp_path: Path, signed: bool) -> None:
    key = key_file(tmp_path) if signed else None
    said = list(gateway("palm-2", key).act(TELL))
    assert heard(gateway("palm-1", key), *said) == [SpentSeen(SPENT, "palm-2"), UsedSeen(USED, "palm-2")]
    assert heard(gateway("palm-2", key), *said) == []


def test_without_the_key_nothing_is_believed(tmp_path: Path) -> None:
    ours, theirs = key_file(tmp_path), key_file(tmp_path, "theirs.key", "a0" * 32)
    listener = gateway("palm-1", ours)
    for forger in (gateway("palm-2"), gateway("palm-2", theirs), gateway("palm-2", ours, compound="cedar")):
        seen = heard(listener, *forger.act(TELL))
        assert {type(each) for each in seen} == {ForgedSeen}


def test_a_gateway_without_a_key_cannot_read_what_is_signed(tmp_path: Path) -> None:
    said = gateway("palm-2", key_file(tmp_path)).act(TELL)
    assert {type(each) for each in heard(gateway("palm-1"), *said)} == {GarbledSeen}


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_one_byte_changed_is_a_forgery(tmp_path_factory: pytest.TempPathFactory, place: int, by: int) -> None:
    key = key_file(tmp_path_factory.getbasetemp())
    said = bytearray(next(iter(gateway("palm-2", key).act(TELL))))
    said[place % len(said)] ^= by
    assert {type(each) for each in heard(gateway("palm-1", key), bytes(said))} == {ForgedSeen}


def test_codes_are_said_once_and_one_time_passes_again_and_again(tmp_path: Path) -> None:
    decoder = gateway("palm-2", key_file(tmp_path))
    assert len(list(decoder.act(TELL))) == 2
    again = [each.data for each in decoder.feed(None) if not isinstance(each, Sighting)]
    assert heard(gateway("palm-1", key_file(tmp_path)), *again) == [SpentSeen(SPENT, "palm-2")]


def test_a_key_that_is_missing_short_or_open_to_others_is_a_fault_of_the_configuration(tmp_path: Path) -> None:
    key_file(tmp_path, "short", "5f5f")
    key_file(tmp_path, "open").chmod(0o644)
    for name, why in (("none", "No such file"), ("short", "shorter than"), ("open", "others may read")):
        with pytest.raises(ValidationError, match=why):
            gateway("palm-1", tmp_path / name)
