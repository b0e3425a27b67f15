"""Models of devices in the configuration: known, new, known otherwise, and wrong."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.batteries import Battery, Charge, DaysLeft
from gateway.cli.batteries import forecast, in_words
from gateway.config.errors import ConfigError
from gateway.config.plan import load_config
from gateway.limits import Limits
from gateway.state.state import State
from tests.gateway.config.test_config import RIGHT


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "menshen.toml"
    path.write_text(text, "utf-8")
    return path


def with_model(model: str, more: str = "") -> str:
    return RIGHT.replace('id = "node-00000101"', f'id = "node-00000101"\nmodel = "{model}"') + more


@pytest.mark.parametrize(
    ("model", "more", "seconds"),
    [
        ("zigbee-battery", "", 90_000.0),
        ("zigbee-battery", "\n[models.zigbee-battery]\nsilent_seconds = 7200\n", 7200.0),
        ("attic-sensor", "\n[models.attic-sensor]\nsilent_seconds = 0\n", 0.0),
    ],
)
def test_a_model_s_limit_of_silence(tmp_path: Path, model: str, more: str, seconds: float) -> None:
    plan = load_config(written(tmp_path, with_model(model, more)))
    (door,) = [device for device in plan.site.devices if device.id == "node-00000101"]
    assert (door.model, door.silent_seconds) == (model, seconds)


def test_a_model_nobody_knows_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as told:
        load_config(written(tmp_path, with_model("zigbee-batery")))
    assert "no model 'zigbee-batery'" in "".join(told.value.lines)


def test_the_forecast_begins_with_what_is_empty_first() -> None:
    now = datetime(2026, 3, 12, tzinfo=UTC)

    def falling(each_day: int) -> Battery:
        return Battery(tuple(Charge(now - timedelta(days=day), 60 + day * each_day) for day in (4, 3, 2, 1, 0)))

    state = State(batteries={"a": falling(1), "b": falling(5), "c": Battery((Charge(now, 50),))})
    rows = forecast(state, Limits(), now)
    assert [(device, in_words(left)) for device, _, left in rows] == [
        ("b", "9 to 10 days"),
        ("a", "45 to 46 days"),
        ("c", "unknown"),
    ]
    assert in_words(DaysLeft(30, None)) == "30 days or more"
