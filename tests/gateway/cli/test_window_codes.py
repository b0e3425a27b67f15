"""`menshen window codes`: a code for each flat, as lines, as JSON, as a sheet that a camera reads."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.commands import command_line
from gateway.window_codes import WindowCodes
from tests.gateway.config.test_config import MINIMAL

ADDRESS = "http://192.0.2.20:8080"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "menshen.toml"
    text = MINIMAL.replace("/var/lib/menshen", str(tmp_path / "data")).replace('["a"]', '["a", "b"]')
    path.write_text(text + f'[windows]\naddress = "{ADDRESS}/"\n'.replace('/"', '"') + 'call = "021-5555"\n', "utf-8")
    return path


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(command_line(["window"]), ["window", "codes", *words])
    return result.exit_code, result.stdout, result.stderr


def test_a_line_for_each_flat_and_the_same_at_the_next_call(config: Path) -> None:
    code, said, _ = run("--config", str(config), "--json")
    lines = [json.loads(line) for line in said.splitlines()]
    assert code == 0
    assert [line["flat"] for line in lines] == ["palm/3-1-a", "palm/3-1-b"]
    codes = WindowCodes((config.parent / "data" / "secrets" / "window.key").read_bytes())
    assert [line["url"] for line in lines] == [f"{ADDRESS}/door/{codes.code_of(line['flat'])}" for line in lines]
    assert run("--config", str(config), "--json")[1] == said


def test_one_flat_and_another_address(config: Path) -> None:
    code, said, _ = run("--config", str(config), "--flat", "palm/3-1-b", "--address", "https://gate.lan")
    assert code == 0
    assert said.startswith("palm/3-1-b  https://gate.lan/door/")
    assert len(said.splitlines()) == 1


def test_an_unknown_flat_is_one_line(config: Path) -> None:
    code, _, said = run("--config", str(config), "--flat", "palm/9")
    assert code != 0
    assert "no flat 'palm/9'" in said
    assert len(said.splitlines()) == 1


def test_no_address_is_one_line(config: Path) -> None:
    config.write_text(config.read_text("utf-8").replace(f'address = "{ADDRESS}"\n', ""), "utf-8")
    code, _, said = run("--config", str(config))
    assert code != 0
    assert "[windows] address" in said


def test_a_sheet_to_print(config: Path) -> None:
    sheet = config.parent / "codes.pdf"
    assert run("--config", str(config), "--pdf", str(sheet))[0] == 0
    assert sheet.read_bytes().startswith(b"%PDF")
