"""Printed cards can be read again, from the page as a printer would draw it."""

import json
from pathlib import Path
from typing import Any

import pypdfium2  # type: ignore[import-untyped]  # it ships no type information
import pytest
import typer
import zxingcpp
from PIL import Image, ImageFilter
from typer.testing import CliRunner

from gateway.cli import cards, passes
from tests.gateway.passes.kit import NOW, resident

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def app() -> typer.Typer:
    whole = typer.Typer()
    whole.add_typer(passes.app)
    return whole


def read_codes(image: Any) -> set[str]:
    return {
        code.text
        for code in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2))
    }


def pages(path: Path, dots_per_inch: int) -> list[Image.Image]:
    with pypdfium2.PdfDocument(path) as document:
        return [page.render(scale=dots_per_inch / 72).to_pil() for page in document]


def words(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as document:
        return " ".join(page.get_textpage().get_text_bounded() for page in document)


def test_every_card_of_a_sheet_reads_back(app: typer.Typer, tmp_path: Path) -> None:
    texts = [resident(cti=number.to_bytes(8, "big")) for number in range(13)]
    lines = "\n".join([texts[0], *(json.dumps({"text": text}) for text in texts[1:])])
    out = tmp_path / "cards.pdf"
    found = RUNNER.invoke(app, ["pass", "print", "-", "--out", str(out)], input=lines)
    assert found.exit_code == 0, found.output
    sheets = pages(out, 150)
    assert len(sheets) == 2
    assert [read_codes(sheet) for sheet in sheets] == [set(texts[:10]), set(texts[10:])]


def test_a_card_reads_from_a_crooked_grey_and_blurred_picture(app: typer.Typer, tmp_path: Path) -> None:
    out = tmp_path / "card.pdf"
    assert RUNNER.invoke(app, ["pass", "print", resident(), "--out", str(out)]).exit_code == 0
    page = pages(out, 110)[0].convert("L").point(lambda shade: 60 + shade // 3)
    crooked = page.rotate(8, Image.Resampling.BILINEAR, fillcolor=145).filter(ImageFilter.GaussianBlur(0.8))
    assert read_codes(crooked) == {resident()}


def test_a_card_carries_kind_last_day_gates_and_number(app: typer.Typer, tmp_path: Path) -> None:
    out = tmp_path / "card.pdf"
    # until 2026-03-01 16:00 UTC, which is midnight in Shanghai: the last day is the first of March
    text = resident(gates=0b101, not_after=NOW.replace(hour=16), once=True)
    assert RUNNER.invoke(app, ["pass", "print", text, "--out", str(out), "--label", "Palm Court"]).exit_code == 0
    found = words(out)
    for said in (
        "Entry pass",
        "Resident",
        "Palm Court",
        "Until 2026-03-01",
        "Gates 1, 3",
        "Once",
        "AXXF-5W1D",
        "c0ffee0000000001",
    ):
        assert said in found
    assert "5afe" not in found


def test_a_card_does_not_tell_who_is_in_quarantine(app: typer.Typer, tmp_path: Path) -> None:
    out = tmp_path / "card.pdf"
    assert RUNNER.invoke(app, ["pass", "print", resident(kind="observed"), "--out", str(out)]).exit_code == 0
    assert "bserv" not in words(out)
    assert "观察" not in words(out)


def test_without_a_chinese_font_the_card_is_in_english(tmp_path: Path) -> None:
    card = cards.card_of(resident())
    assert card is not None
    out = tmp_path / "card.pdf"
    assert not cards.write_sheet([card], out, "棕榈苑", "Asia/Shanghai", [tmp_path / "missing.ttf"])
    assert read_codes(pages(out, 150)[0]) == {resident()}
    assert "Entry pass" in words(out)


def test_the_code_alone_is_a_picture(app: typer.Typer, tmp_path: Path) -> None:
    png = tmp_path / "code.png"
    assert RUNNER.invoke(app, ["pass", "print", resident(), "--png", str(png)]).exit_code == 0
    with Image.open(png) as image:
        assert image.size == ((49 + 2 * 4) * 10,) * 2  # version 8 has 49 modules
        assert read_codes(image) == {resident()}


def test_what_is_no_pass_is_not_printed(app: typer.Typer, tmp_path: Path) -> None:
    out = tmp_path / "cards.pdf"
    for given, exit_code in ((["hello"], 4), (["-"], 2), ([resident(), resident()[:-1]], 4)):
        assert RUNNER.invoke(app, ["pass", "print", *given, "--out", str(out)], input="").exit_code == exit_code
    assert RUNNER.invoke(app, ["pass", "print", resident()]).exit_code == 2
    assert RUNNER.invoke(app, ["pass", "print", resident(), "--out", str(out), "--timezone", "../x"]).exit_code == 2
    assert not out.exists()
