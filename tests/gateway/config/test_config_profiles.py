"""[profiles.<name>] of menshen.toml: the built-in ones overridden key by key, and new ones beside them."""

from datetime import time
from pathlib import Path

import pytest

from gateway.config.errors import ConfigError
from gateway.config.plan import Plan, load_config
from gateway.profile import PROFILES, Profile
from tests.gateway.config.test_config import RIGHT, written


def plan(folder: Path, text: str, chosen: str = "ordinary") -> Plan:
    chosen_line = f'id = "palm-1"\nprofile = "{chosen}"\n'
    return load_config(written(folder, RIGHT.replace('id = "palm-1"\n', chosen_line, 1) + text))


def profile(folder: Path, name: str, text: str) -> Profile:
    return next(each for each in plan(folder, text).profiles if each.name == name)


def test_nothing_said_is_the_built_in_profiles(tmp_path: Path) -> None:
    assert plan(tmp_path, "").profiles == PROFILES


def test_a_built_in_profile_is_overridden_key_by_key(tmp_path: Path) -> None:
    found = profile(tmp_path, "lockdown", '[profiles.lockdown]\nhead_cap = 7\ncurfew = "23:30-05:00"\n')
    assert (found.head_cap, found.curfew_begins, found.curfew_ends) == (7, time(23, 30), time(5))
    assert (found.quota_people, found.thermometer, found.inside_outside) == (1, True, True)


def test_a_rule_of_a_built_in_profile_can_be_switched_off(tmp_path: Path) -> None:
    text = '[profiles.lockdown]\nhead_cap = 0\nquota_people = 0\ncurfew = ""\ninside_outside = false\n'
    assert profile(tmp_path, "lockdown", text) == Profile(name="lockdown", thermometer=True)


def test_a_new_profile_begins_with_everything_off(tmp_path: Path) -> None:
    found = profile(tmp_path, "night", '[profiles.night]\ncurfew = "00:00-05:00"\n')
    assert found == Profile(name="night", curfew_begins=time(0), curfew_ends=time(5))


def test_another_profile_is_another_configuration(tmp_path: Path) -> None:
    assert plan(tmp_path, "", "epidemic").fingerprint != plan(tmp_path, "").fingerprint
    assert plan(tmp_path, "[profiles.lockdown]\nhead_cap = 7\n").fingerprint != plan(tmp_path, "").fingerprint


@pytest.mark.parametrize(
    ("text", "chosen", "why"),
    [
        ("", "epidemics", "gateway.profile: no profile 'epidemics'; did you mean \"epidemic\"?"),
        ("[profiles.lockdown]\nhead_caps = 1\n", "ordinary", 'unknown key; did you mean "head_cap"?'),
        ('[profiles.lockdown]\ncurfew = "late"\n', "ordinary", "String should match pattern"),
        ("[profiles.lockdown]\nquota_people = -1\n", "ordinary", "greater than or equal to 0"),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path: Path, text: str, chosen: str, why: str) -> None:
    with pytest.raises(ConfigError) as caught:
        plan(tmp_path, text, chosen)
    (line,) = caught.value.lines
    assert why in line
    assert "line " in line


def test_a_profile_has_limits_of_its_own_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    found = profile(tmp_path, "lockdown", "[profiles.lockdown.limits]\nleft_open_seconds = 60\n")
    assert found.limits == {"left_open_seconds": 60.0}
    assert profile(tmp_path, "lockdown", "[profiles.lockdown]\nhead_cap = 3\n").limits == {}
    with pytest.raises(ConfigError, match="left_opened_seconds"):
        plan(tmp_path, "[profiles.lockdown.limits]\nleft_opened_seconds = 60\n")
