"""The board's icons as a style sheet: one element draws one icon, where an SVG with its `use` takes five.

    python -m tests.board_icons --update

In: the drawings the pages have already (Lucide's and our heads). Out: gateway/pages/static/board-icons.css. An icon is
a mask, so that it has the colour of its text. A head in its origin's colour is a picture, with a dark edge for bright
paper and screens; once the days are served it is a ring of that colour.
"""

import argparse
import re
from pathlib import Path

from gateway.pages.board.people import CARE_ICONS, COLOURS

STATIC = Path("gateway/pages/static")
FILE = STATIC / "board-icons.css"
NAMES = (
    *("siren", "door-open", "door-closed", "door-closed-locked", "unplug", "watch", "package", "map-pin", "phone"),
    *(
        "footprints",
        "key-round",
        "circle-question-mark",
        "hand-heart",
        "flag",
        *CARE_ICONS.values(),
        "head",
        "head-hollow",
    ),
)
PAINT = {
    "orange": "#e8710a",
    "yellow": "#ffd43b",
    "blue": "#3b8fe0",
    "red": "#d6303c",
    "green": "#2f9e5b",
    "purple": "#8a4fc9",
    "grey": "#8b97a3",
}
EDGE = "#16202b"
SHAPE = "<circle cx='12' cy='7' r='4.7'/><path d='M3 21.3a9 7.6 0 0 1 18 0z'/>"
ABOUT = """/* Made by tests/board_icons.py of vendor/lucide (ISC licence) and icons: do not write here. */
"""


def sheet() -> str:
    rules = [f".i-{name} {{ --i: {_url(_drawing(name))}; }}" for name in sorted(NAMES)]
    assert PAINT.keys() == COLOURS.keys()
    for colour, paint in PAINT.items():
        rules.append(f".hd-{colour} {{ background-image: {_url(_svg(_full(paint)))}; }}")
        rules.append(f".hd-{colour}-x {{ background-image: {_url(_svg(_ring(paint)))}; }}")
    return ABOUT + "\n".join(rules) + "\n"


def _drawing(name: str) -> str:
    places = (STATIC / "vendor" / "lucide" / f"{name}.svg", STATIC / "icons" / f"{name}.svg")
    drawn = next(each for each in places if each.exists()).read_text("utf-8")
    inner = re.sub(r"<!--.*?-->|</?svg[^>]*>", "", drawn, flags=re.DOTALL).replace("currentColor", "#000")

    fill = "none" if 'fill="none"' in drawn else "#000"
    pen = f"fill='{fill}' stroke='#000' stroke-width='2.2' stroke-linecap='round' stroke-linejoin='round'"
    return _svg(f"<g {pen}>{' '.join(inner.split())}</g>")


def _full(paint: str) -> str:
    return f"<g fill='{paint}' stroke='{EDGE}' stroke-width='1.6'>{SHAPE}</g>"


def _ring(paint: str) -> str:
    return (
        f"<g fill='none' stroke='{EDGE}' stroke-width='3.8'>{SHAPE}</g>"
        f"<g fill='#fff' stroke='{paint}' stroke-width='2'>{SHAPE}</g>"
    )


def _svg(inner: str) -> str:
    return f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'>{inner}</svg>"


def _url(svg: str) -> str:
    plain = svg.replace('"', "'")
    for letter, said in (("%", "%25"), ("#", "%23"), ("<", "%3C"), (">", "%3E")):
        plain = plain.replace(letter, said)
    return f'url("data:image/svg+xml,{plain}")'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="write the sheet; else print it")
    if parser.parse_args().update:
        FILE.write_text(sheet(), "utf-8")
    else:
        print(sheet())


if __name__ == "__main__":
    main()
