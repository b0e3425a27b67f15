"""Every answer of the guard's page has a recording of the words it has now."""

import json
from importlib.resources import files

import pytest

from gateway.findings import Reason, Verdict
from gateway.pages.gate.voice import recordings, spoken_texts
from gateway.words.language import Catalogue, Lang

VOICE = files("gateway.pages") / "static" / "voice"


@pytest.mark.parametrize("lang", Lang)
def test_every_answer_has_its_recording_of_the_words_it_has_now(lang: Lang) -> None:
    """A reason that is new or worded anew fails here: `make voices`."""
    spoken = json.loads((VOICE / "spoken.json").read_text("utf-8"))
    assert spoken[lang.value] == spoken_texts(lang)
    recorded = {file.name: len(file.read_bytes()) for file in (VOICE / lang.value).iterdir()}
    assert set(recorded) == {f"{name}.mp3" for name in spoken_texts(lang)}
    assert all(2_000 < size < 20_000 for size in recorded.values())
    for verdict in Verdict:
        for reason in Reason:
            assert [address.split("/")[3] for address in recordings(verdict, reason, lang)] == [lang.value] * 2


def test_a_language_without_recordings_is_spoken_in_the_one_it_falls_back_on() -> None:
    cantonese = Catalogue("yue", "廣東話", {}, Lang.ZH)
    assert recordings(Verdict.ADMIT, Reason.FIRE, cantonese) == [
        "/static/voice/zh/verdict-admit.mp3",
        "/static/voice/zh/reason-fire.mp3",
    ]
