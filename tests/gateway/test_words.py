"""Every word of the house has words in both languages."""

from collections.abc import Mapping
from enum import StrEnum

import pytest

from devices.mqtt import Trouble
from gateway.compound import DeviceKind, Direction
from gateway.events.every import Proof
from gateway.findings import AlertState, Closing, Reason, Verdict
from gateway.kinds import Kind, Severity
from gateway.pages.texts.uplink import TROUBLES
from gateway.services import Purpose, ServiceState
from gateway.verdicts import WAY_IN, verdict_for
from gateway.view import UNCONFIRMED
from gateway.words import catalogue as words
from gateway.words import kinds as kind_words
from gateway.words import reasons as reason_words
from gateway.words import services as service_words
from gateway.words.catalogue import alert_text, holder_words
from gateway.words.language import Lang, Words
from gateway.words.reasons import next_step

TABLES: list[tuple[type[StrEnum], Mapping[StrEnum, Words]]] = [
    (Verdict, words.VERDICTS),
    (Reason, reason_words.REASONS),
    (Reason, reason_words.NEXT_IN),
    (Reason, reason_words.NEXT_OUT),
    (Kind, kind_words.KINDS),
    (Kind, kind_words.NEXT_STEPS),
    (Severity, words.SEVERITIES),
    (AlertState, words.STATES),
    (Closing, words.CLOSINGS),
    (DeviceKind, words.DEVICE_KINDS),
    (Purpose, service_words.PURPOSES),
    (ServiceState, service_words.SERVICE_STATES),
    (Proof, words.PROOFS),
    (Direction, words.DIRECTIONS),
]


def has_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def test_each_trouble_of_the_uplink_has_its_words() -> None:
    assert set(TROUBLES) == {*Trouble, UNCONFIRMED}
    assert all(has_chinese(said.zh) and said.en and not has_chinese(said.en) for said in TROUBLES.values())


@pytest.mark.parametrize(("members", "table"), TABLES)
def test_no_member_is_without_chinese_and_english_words(members: type[StrEnum], table: Mapping[StrEnum, Words]) -> None:
    assert set(table) == set(members)
    for said in table.values():
        assert has_chinese(said.zh)
        assert said.en
        assert not has_chinese(said.en)


def test_no_two_members_of_a_table_are_called_the_same() -> None:
    for table in (
        words.VERDICTS,
        reason_words.REASONS,
        kind_words.KINDS,
        words.SEVERITIES,
        words.STATES,
        words.CLOSINGS,
    ):
        for lang in Lang:
            said = [pair.in_(lang) for pair in table.values()]
            assert len(said) == len(set(said))


@pytest.mark.parametrize("direction", Direction)
def test_nobody_whom_the_house_has_not_refused_is_told_to_be_held(direction: Direction) -> None:
    for reason in Reason:
        said = next_step(reason, direction, Verdict.REFER)
        assert "不要放行" not in said.zh
        assert "Do not let" not in said.en


def test_at_a_lane_for_both_ways_what_the_guard_does_next_follows_the_verdict() -> None:
    for reason, way_in in WAY_IN.items():
        verdict = verdict_for(reason, Direction.BOTH)
        softened = way_in is Verdict.REFUSE
        wanted = (reason_words.NEXT_OUT if softened else reason_words.NEXT_IN)[reason]
        assert next_step(reason, Direction.IN, verdict) == wanted
        assert next_step(reason, Direction.IN, way_in) == reason_words.NEXT_IN[reason]
        assert next_step(reason, Direction.OUT, verdict) == reason_words.NEXT_OUT[reason]


def test_an_alert_is_one_line_with_place_and_kind() -> None:
    assert (
        alert_text(Kind.FEVER, "幸福里 / 3号楼 / 502", Lang.ZH, celsius=38.24) == "幸福里 / 3号楼 / 502：发热 38.2 °C"
    )
    assert alert_text(Kind.FALL, "3-502", Lang.EN, count=2, drill=True) == "[drill] 3-502: Fall ×2"
    assert alert_text(Kind.RADIO_DEAF, "", Lang.EN, state=AlertState.CLEARED) == "Radio hears nothing (cleared)"


def test_an_unknown_kind_of_pass_is_shown_as_it_came() -> None:
    assert holder_words("visitor").zh == "访客"
    assert holder_words("plumber").en == "plumber"
