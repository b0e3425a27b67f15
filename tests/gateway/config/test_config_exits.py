"""Fire exits and sealed gates in menshen.toml: places that door devices watch."""

from pathlib import Path

import pytest

from gateway.compound import DeviceKind, Exit, ExitKind
from gateway.config.errors import ConfigError
from gateway.config.plan import load_config
from tests.gateway.config.test_config import MINIMAL

EXITS = """
[[compounds.exits]]
id = "stairs"
name = "消防通道"
kind = "fire_exit"
[[compounds.exits]]
id = "west"
name = "西门"
kind = "sealed_gate"
[[links]]
name = "pair"
driver = "door_node"
[links.settings]
port = "/dev/ttyS9"
"""
DEVICE = '[[devices]]\nid = "node-00000001"\nkind = "{kind}"\nlink = "pair"\nplace = "{place}"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "menshen.toml"
    path.write_text(MINIMAL + text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("kind", "place"), [("door", "palm/stairs"), ("obstruction", "palm/stairs"), ("door", "palm/west")]
)
def test_an_exit_is_a_place_that_a_device_watches(tmp_path: Path, kind: str, place: str) -> None:
    site = load_config(written(tmp_path, EXITS + DEVICE.format(kind=kind, place=place))).site
    assert site.street.compounds[0].exits == (
        Exit("palm/stairs", "消防通道", "palm", ExitKind.FIRE_EXIT),
        Exit("palm/west", "西门", "palm", ExitKind.SEALED_GATE),
    )
    assert (site.devices[-1].kind, site.devices[-1].place) == (DeviceKind(kind), place)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (EXITS + DEVICE.format(kind="obstruction", place="palm/west"), "a light barrier stands in a fire exit"),
        (EXITS + DEVICE.format(kind="door", place="palm/stair"), 'did you mean "palm/stairs"'),
        (EXITS.replace('"west"', '"stairs"'), "'stairs' is there twice"),
        (EXITS.replace('"west"', '"south"'), "'south' is there twice"),
        (EXITS.replace("sealed_gate", "sealed"), "kind: Input should be 'fire_exit' or 'sealed_gate'"),
    ],
)
def test_what_is_wrong_with_an_exit_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(written(tmp_path, text))
    assert said in "\n".join(caught.value.lines)
