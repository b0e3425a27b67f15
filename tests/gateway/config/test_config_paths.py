"""A relative path in menshen.toml lies beside it, wherever somebody stands who runs a command."""

import types
import typing
from pathlib import Path

import pytest
from pydantic import BaseModel

from devices.beside import _beside
from devices.driver import load
from gateway.centre.app import CentreConfig, read_config
from gateway.config.plan import drivers, load_config
from gateway.config.sections import Config

TOML = """
gateway = { id = "g", data = "data" }
street = { id = "s", name = "s" }
devices_file = "devices.csv"
reach = [{ name = "robot", kind = "webhook", url_file = "keys/robot.url" }]
[uplink.broker]
client_id = "g"
username = "g"
password_file = "keys/uplink.password"
[[compounds]]
id = "c"
name = "c"
gates = [{ id = "g", name = "g", number = 1, lanes = [{ id = "l", name = "l", direction = "in" }] }]
[[links]]
name = "others"
driver = "neighbour"
[links.settings]
gateway = "g"
compound = "c"
key_file = "keys/neighbours.key"
broker = { client_id = "n", ca_file = "/etc/ca.crt" }
"""


def test_wherever_it_is_read_from_its_files_are_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house, elsewhere = tmp_path / "house", tmp_path / "elsewhere"
    for folder in (house / "keys", elsewhere):
        folder.mkdir(parents=True)
    (house / "keys" / "robot.url").write_text("https://robot.example/key\n")
    (house / "keys" / "neighbours.key").write_text("0123456789abcdef0123456789abcdef\n")
    (house / "keys" / "neighbours.key").chmod(0o600)
    (house / "devices.csv").write_text("id,kind,link,place\nband-c0de00000001,band,others,\n")
    (house / "menshen.toml").write_text(TOML, "utf-8")
    monkeypatch.chdir(elsewhere)
    plans = [load_config(house / "menshen.toml")]
    monkeypatch.chdir(house)
    plans.append(load_config(Path("menshen.toml")))
    for plan in plans:
        assert plan.config.gateway.data == house / "data"
        assert [file for _, file in plan.config.reach[0].files()] == [house / "keys" / "robot.url"]
        assert plan.config.uplink is not None
        assert plan.config.uplink.broker.password_file == house / "keys" / "uplink.password"
        settings = plan.links[0].settings.model_dump()
        assert settings["key_file"] == house / "keys" / "neighbours.key"
        assert settings["broker"]["ca_file"] == Path("/etc/ca.crt")  # an absolute one is what it says
        assert "band-c0de00000001" in {device.id for device in plan.site.devices}


def test_the_centre_s_book_lies_beside_its_settings(tmp_path: Path) -> None:
    (tmp_path / "centre.toml").write_text('book = "book.sqlite"\n[broker]\n')
    assert read_config(tmp_path / "centre.toml").book == tmp_path / "book.sqlite"


def plain_paths(model: type[BaseModel], seen: set[type[BaseModel]]) -> list[str]:
    """Fields that are a Path and do not say beside what."""
    if model in seen:
        return []
    seen.add(model)
    found = []
    for name, field in model.model_fields.items():
        said = any(getattr(each, "func", None) is _beside for each in field.metadata)
        for part in parts(field.annotation):
            if part is Path and not said:
                found.append(f"{model.__name__}.{name}")
            elif isinstance(part, type) and issubclass(part, BaseModel):
                found += plain_paths(part, seen)
    return found


def parts(annotation: object) -> list[object]:
    """The types in one; what is annotated as lying beside is left out."""
    if typing.get_origin(annotation) is typing.Annotated:
        kind, *told = typing.get_args(annotation)
        return [] if any(getattr(each, "func", None) is _beside for each in told) else parts(kind)
    inner = typing.get_args(annotation)
    if not inner or (isinstance(annotation, types.GenericAlias) and annotation.__origin__ is type):
        return [annotation]
    return [part for each in inner for part in parts(each)]


def test_no_section_and_no_driver_names_a_file_without_saying_beside_what() -> None:
    seen: set[type[BaseModel]] = set()
    models = [Config, CentreConfig, *(load(name).settings for name in drivers())]
    assert [path for model in models for path in plain_paths(model, seen)] == []
    assert len(seen) > 40
