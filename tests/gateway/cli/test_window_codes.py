"""`menshen window codes`: a code for each flat, as lines, as JSON, as a sheet that a camera reads."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.bodies import read_body
from gateway.cli.commands import command_line
from gateway.orders.codes import WindowCodeRenewed
from gateway.registry.window_answers import WINDOW_ANSWERS
from gateway.side_door import Request, ask, side_door
from gateway.window_codes import WindowCodes
from tests.gateway.config.test_config import MINIMAL
from tests.gateway.registry.registering import opened

ADDRESS = "http://192.0.2.20:8080"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "menshen.toml"
    text = MINIMAL.replace("/var/lib/menshen", str(tmp_path / "data")).replace('["a"]', '["a", "b"]')
    path.write_text(text + f'[windows]\naddress = "{ADDRESS}/"\n'.replace('/"', '"') + 'call = "021-5555"\n', "utf-8")
    return path


def run(*words: str, do: str = "codes") -> tuple[int, str, str]:
    result = CliRunner().invoke(command_line(["window"]), ["window", do, *words])
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


def urls(config: Path) -> dict[str, str]:
    lines = [json.loads(line) for line in run("--config", str(config), "--json")[1].splitlines()]
    return {line["flat"]: line["url"] for line in lines}


def test_a_renewed_code_is_another_one_for_that_flat_alone_and_stays_so(config: Path) -> None:
    before = urls(config)
    code, said, wrong = run("3-1-b", "--config", str(config), "--by", "d1", "--json", do="renew")
    assert (code, wrong) == (0, "")
    after = urls(config)
    assert json.loads(said) == {"flat": "palm/3-1-b", "path": "棕榈苑 / 3号楼 / 1单元 / b", "url": after["palm/3-1-b"]}
    assert after["palm/3-1-b"] != before["palm/3-1-b"]
    assert after["palm/3-1-a"] == before["palm/3-1-a"]
    sheet = config.parent / "b.pdf"
    assert run("palm/3-1-b", "--config", str(config), "--pdf", str(sheet), do="renew")[0] == 0
    assert sheet.read_bytes().startswith(b"%PDF")
    assert len({before["palm/3-1-b"], after["palm/3-1-b"], urls(config)["palm/3-1-b"]}) == 3


@pytest.mark.asyncio
async def test_a_running_house_knows_the_new_code_at_once_and_it_is_on_record(config: Path) -> None:
    async with opened(config) as (house, registrar):
        codes = WindowCodes(b"k" * 32, registrar.window_codes)
        flats = house.shown.places.flats
        old = codes.code_of("palm/3-1-a")
        assert codes.flat_of(old, flats) == "palm/3-1-a"
        async with side_door(house.plan.config.gateway.data, registrar, WINDOW_ANSWERS):
            asked = Request(do="renew_window", by="d1", fields={"flat": "3-1-a", "order": "a" * 32})
            for _ in range(2):
                reply = await ask(house.plan.config.gateway.data, asked, lambda done, of: None)
                assert reply is not None
                assert reply.done, reply.lines
        new = codes.code_of("palm/3-1-a")
        assert new != old, "the same order twice is one new code"
        assert (codes.flat_of(old, flats), codes.flat_of(new, flats)) == (None, "palm/3-1-a")
        kinds = (WindowCodeRenewed.__name__,)
        records = await house.journal.read(lambda reader: reader.of_kinds_after(kinds, 0, 50))
        bodies = [read_body(record.body) for record in records if record.body is not None]
        renewed = [body for body in bodies if isinstance(body, WindowCodeRenewed)]
        assert [(body.flat, body.by, body.id) for body in renewed] == [("palm/3-1-a", "d1", "a" * 32)]


def test_a_flat_nobody_knows_is_refused_and_nothing_renewed(config: Path) -> None:
    before = urls(config)
    code, said, wrong = run("9-9-9", "--config", str(config), do="renew")
    assert (code, said) == (3, "")
    assert "no flat '9-9-9'" in wrong
    assert urls(config) == before


def test_without_an_address_nothing_is_renewed(config: Path) -> None:
    before = urls(config)
    text = config.read_text("utf-8")
    config.write_text(text.replace(f'address = "{ADDRESS}"\n', ""), "utf-8")
    code, _, said = run("3-1-a", "--config", str(config), do="renew")
    assert code not in (0, 3)
    assert "[windows] address" in said
    config.write_text(text, "utf-8")
    assert urls(config) == before
