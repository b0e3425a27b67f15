"""A page of docs/ in, the same page as a PDF on A4 out, as a guard house would print it: both languages, at 11 points.

python -m tests.printed docs/guard.md guard.pdf
"""

import asyncio
import base64
import re
import sys
from pathlib import Path

from markdown_it import MarkdownIt
from playwright.async_api import Browser

from tests.pictures import chromium

POINTS = 11.0  # of the running text; what stands in tables is a little smaller
STYLE = f"""
@page {{ size: A4; margin: 10mm 11mm; }}
body {{ font: {POINTS}pt/1.32 "Noto Sans CJK SC", "Noto Sans", sans-serif; margin: 0; }}
h1 {{ font-size: 17pt; margin: 0 0 2mm; }} h2 {{ font-size: 12pt; margin: 3mm 0 1mm; break-after: avoid; }}
p, ul, ol {{ margin: 0 0 1.5mm; }} ul, ol {{ padding-left: 5mm; }} li {{ margin-bottom: .8mm; }}
table {{ border-collapse: collapse; width: 100%; margin-bottom: 2mm; font-size: {POINTS - 1}pt; }}
td, th {{ border: .2mm solid #666; padding: 1mm; vertical-align: top; text-align: left; font-weight: inherit; }}
img {{ width: 100%; }}
"""


def html_of(page: Path) -> str:
    """Its pictures are in it: a document that asks for no file."""
    body = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable("table").render(page.read_text("utf-8"))

    def inlined(found: re.Match[str]) -> str:
        picture = (page.parent / found[1]).read_bytes()
        return f'src="data:image/png;base64,{base64.b64encode(picture).decode()}"'

    body = re.sub(r'src="(pictures/[^"]+)"', inlined, body)
    return f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><style>{STYLE}</style>{body}</html>'


async def printed(browser: Browser, page: Path) -> bytes:
    tab = await browser.new_page()
    await tab.set_content(html_of(page), wait_until="load")
    pdf = await tab.pdf(format="A4", prefer_css_page_size=True)
    await tab.close()
    return pdf


async def main() -> None:
    source, target = (Path(word) for word in sys.argv[1:3])
    async with chromium() as browser:
        target.write_bytes(await printed(browser, source))


if __name__ == "__main__":
    asyncio.run(main())
