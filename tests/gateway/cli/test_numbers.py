"""`menshen cards` and `menshen plates` on a closed house: each bad row is named, and nothing is half done."""

import json
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from gateway.cli.commands import command_line
from gateway.cli.numbers import REFUSED, UNCLEAR
from tests.gateway.test_cards_at_the_reader import KNOWN, PLUGGED_IN
from tests.house_toml import house_toml

ANNA = "5afe000000000001"
HEAD = "number,kind,flat,subject,gates,from,until\n"


class Site:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = house_toml(folder, PLUGGED_IN.format(reader="/dev/null"))

    def run(self, *words: str) -> tuple[int, str]:
        whole = [*words, "--config", str(self.config)]
        found = CliRunner().invoke(command_line(whole), whole)
        return found.exit_code, found.output

    def table(self, text: str, encoding: str = "utf-8") -> str:
        path = self.folder / "table.csv"
        path.write_bytes(text.encode(encoding))
        return str(path)

    def listed(self, what: str) -> list[dict[str, object]]:
        code, said = self.run(what, "list", "--json", "--numbers")
        assert code == 0, said
        return [json.loads(line) for line in said.splitlines()]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


BAD = [
    (",staff", "no number"),
    ("沪A12345", "not printed as the known cards are"),
    ("018,41143,owner", "no such kind 'owner'"),
    ("018,41143,resident,9-9-999", "no such flat '9-9-999'"),
    ("018,41143,resident", "lives in a flat"),
    ("018,41143,staff,,张三", "never a name"),
    ("018,41143,staff,,,7", "no such gate '7'; there are 1"),
    ("018,41143,staff,,,,2026-13-01", "no day"),
    ("018,41143,staff,,,,2026-03-02,2026-03-01", "ends before it begins"),
]


@pytest.mark.parametrize(("row", "why"), BAD)
def test_a_bad_row_is_named_with_its_line_and_none_is_taken(site: Site, row: str, why: str) -> None:
    row = row.replace("018,41143", '"018,41143"')
    table = site.table(f'{HEAD}"201,00513",resident,3-1-502,{ANNA}\n{row}\n')
    code, said = site.run("cards", "import", table, *KNOWN)
    assert code == REFUSED, said
    assert f"{table}:3: " in said
    assert why in said
    assert "nothing was changed" in said
    assert site.listed("cards") == []


def test_the_good_rows_may_be_taken_where_others_are_bad(site: Site) -> None:
    table = site.table(f'{HEAD}"201,00513",resident,3-1-502,{ANNA}\nnonsense,staff\n')
    code, said = site.run("cards", "import", table, *KNOWN, "--skip-bad", "--json")
    assert code == 0, said
    bad, told = map(json.loads, said.splitlines())
    assert (bad["line"], told) == (3, {"good": 1, "bad": 1, "without_person": 0, "handed_in": True})


def test_a_dry_run_changes_nothing_and_says_the_same(site: Site) -> None:
    table = site.table(f'{HEAD}"201,00513",resident,3-1-502,{ANNA}\n')
    code, said = site.run("cards", "import", table, *KNOWN, "--dry-run")
    assert (code, "1 good, 0 bad" in said, "nothing was changed" in said) == (0, True, True)
    assert site.listed("cards") == []


def test_without_two_known_cards_no_format_is_guessed(site: Site) -> None:
    table = site.table(f'{HEAD}"201,00513",staff\n')
    assert site.run("cards", "import", table)[0] == UNCLEAR
    code, said = site.run("cards", "import", table, *KNOWN[:2])
    assert (code, "two different cards are needed" in said) == (UNCLEAR, True)
    code, said = site.run("cards", "import", table, "--known", "24:zz=018,41143")
    assert code == 2, said


def test_what_waits_is_listed_counted_as_there_and_can_be_withdrawn(site: Site) -> None:
    table = site.table(f'{HEAD}"018,41143",居民,palm/3-1-502,{ANNA},1,2026/3/1,2026-12-31\n', "gb18030")
    assert site.run("cards", "import", table, *KNOWN)[0] == 0
    (card,) = site.listed("cards")
    assert {key: card[key] for key in ("number", "kind", "flat", "subject", "gates", "from", "until", "state")} == {
        "number": "018,41143",
        "kind": "resident",
        "flat": "palm/3-1-502",
        "subject": ANNA,
        "gates": [1],
        "from": "2026-02-28T16:00:00+00:00",
        "until": "2026-12-31T16:00:00+00:00",
        "state": "waiting",
    }
    assert "41143" not in site.run("cards", "list")[1].replace("…1143", "")
    assert site.run("cards", "import", table)[0] == 0, "the format is known by now"
    assert [each["id"] for each in site.listed("cards")] == [card["id"]], "the same card is the same entry"
    assert site.run("cards", "withdraw", "018,41143", "--reason", "lost")[0] == 0
    assert [each["state"] for each in site.listed("cards")] == ["withdrawn"]
    assert site.run("cards", "withdraw", "018,41143")[0] == REFUSED
    assert site.run("cards", "import", table)[0] == 0
    assert sorted(str(each["state"]) for each in site.listed("cards")) == ["waiting", "withdrawn"], "found: a new entry"


def test_plates_of_seven_and_eight_characters_and_no_others(site: Site) -> None:
    table = site.table("车牌号,类别,住户\n沪A·12345,居民,3-1-502\n沪a d12345,staff,\n")
    assert site.run("plates", "import", table)[0] == 0
    assert len(site.listed("plates")) == 2
    assert site.listed("cards") == []
    again = site.table("车牌号,类别\n沪B12345,staff\n沪Ｂ·12345,staff\n沪A1234,staff\n")
    code, said = site.run("plates", "import", again)
    assert code == REFUSED
    assert f"{again}:3: the same number stands in line 2" in said
    assert f"{again}:4: not the form of a plate" in said
    assert site.run("plates", "withdraw", "沪AD12345")[0] == 0


def test_a_workbook_is_read_as_a_table_is(site: Site) -> None:
    book = openpyxl.Workbook()
    for row in (
        ["卡号", "类别", "住户", "编号", "门", "止"],
        ["018,41143", "居民", "3-1-502", ANNA, 1, datetime(2026, 12, 31)],
        [None] * 6,
        ["nonsense", "staff"],
    ):
        book.worksheets[0].append(row)
    path = site.folder / "cards.xlsx"
    book.save(path)
    code, said = site.run("cards", "import", str(path), *KNOWN)
    assert (code, f"{path}:4: 'nonsense' is not printed" in said) == (REFUSED, True), said
    assert site.run("cards", "import", str(path), *KNOWN, "--skip-bad")[0] == 0
    (card,) = site.listed("cards")
    assert (card["gates"], card["until"], card["flat"]) == ([1], "2026-12-31T16:00:00+00:00", "palm/3-1-502")
    path.write_bytes(path.read_bytes()[:500])
    code, said = site.run("cards", "import", str(path))
    assert (code, said.count("\n")) == (2, 1), said


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "is empty"), ("number,colour\n", "no such column 'colour'"), ("kind,flat\n", "one of them is number")],
)
def test_a_table_without_its_columns_is_one_line(site: Site, text: str, why: str) -> None:
    code, said = site.run("plates", "import", site.table(text))
    assert (code, why in said) == (2, True), said


def test_cards_a_reader_cannot_tell_apart_are_named(site: Site) -> None:
    known = ["--known", "16:A0B7=018,41143", "--known", "16:0201=201,00513"]
    table = site.table(f'{HEAD}"018,41143",staff\n"019,41143",staff\n')
    code, said = site.run("cards", "import", table, *known)
    assert code == REFUSED, said
    assert "018,41143, 019,41143" in said
