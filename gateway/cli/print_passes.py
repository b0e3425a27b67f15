"""`menshen pass print`: texts of passes in, a sheet of cards or the picture of one code out."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.plainly import UNREADABLE, speaking_plainly, standard_input
from gateway.papers.fonts import CJK_FONTS


def print_cards(
    texts: Annotated[list[str], typer.Argument(help="Texts of passes; - reads lines of `pass issue` from stdin.")],
    out: Annotated[Path | None, typer.Option(help="The PDF sheet, ten cards a page.")] = None,
    png: Annotated[Path | None, typer.Option(help="The code alone, of a single pass.")] = None,
    label: Annotated[str, typer.Option(help="A line on every card: the compound's name, say.")] = "",
    timezone: Annotated[str, typer.Option(help="For the last day on the card.")] = "Asia/Shanghai",
    font: Annotated[Path | None, typer.Option(help="A font with Chinese characters.")] = None,
) -> None:
    """Print cards and stickers: code version 8-M, black on white. Nothing personal is on them but what --label says."""
    from gateway.cli.cards import card_of, write_code_png, write_sheet  # fpdf takes 0.25 s to load

    with speaking_plainly():
        cards = []
        for text in _given(texts):
            if (card := card_of(text)) is None:
                typer.echo("menshen: that is no pass, and no gate could read a card of it", err=True)
                raise typer.Exit(UNREADABLE)
            cards.append(card)
        if not cards:
            raise ValueError("no pass was given")
        if out is None and png is None:
            raise ValueError("say where to: --out FILE.pdf or --png FILE.png")
        if png is not None:
            if len(cards) != 1:
                raise ValueError("--png is for a single pass")
            write_code_png(cards[0], png)
        if out is not None and not write_sheet(cards, out, label, timezone, CJK_FONTS if font is None else [font]):
            typer.echo("menshen: no font with Chinese characters (fonts-noto-cjk); the cards are in English", err=True)


def _given(texts: list[str]) -> Iterator[str]:
    if texts != ["-"]:
        yield from texts
        return
    for line in filter(None, map(str.strip, standard_input().splitlines())):
        yield _text_of(line) if line.startswith("{") else line


def _text_of(line: str) -> str:
    match json.loads(line):
        case {"text": str(text)}:
            return text
        case _:
            raise ValueError("a line of JSON has the pass under 'text'")
