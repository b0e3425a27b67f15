"""The one page of a house that cannot write: a fire button for each compound, and what has happened, in plain words.

No template, no script, no log-in, no file: nothing here may need a disk. It asks anew by itself, so that the ordinary
pages are back as soon as the house is; an open page of the gate comes here by itself (menshen.js).
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from gateway.pages.security import Doorman

ASKS_ANEW_SECONDS = 15  # as a header: the page has nothing that somebody could be typing into
FRAME = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>存储故障 · 门神 Menshen</title><link rel="stylesheet" href="/last.css"><main>
<h1>存储故障，网关不能工作<span lang="en">The disk is dead, the gateway cannot work</span></h1>
<p class="do">请人工核验，出门不得阻拦；马上通知安装员。
<span lang="en">Check by hand, let people leave, call the installer.</span></p>
{compounds}<p class="why" lang="en">{why}</p></main></html>"""
BUTTON = """<section><h2>{name}</h2><form method="post" action="/fire">
<input type="hidden" name="compound" value="{id}">
<button>着火了，打开所有通道<span lang="en">Fire: open every lane</span></button></form></section>"""
BURNING = """<section class="burning"><h2>{name}</h2>
<p role="status"><strong>火警中，所有通道开着</strong>
<span lang="en">Fire: every lane is held open</span></p></section>"""
STYLE = """
:root { --ground: #fff; --ink: #16202b; }
@media (prefers-color-scheme: dark) { :root { --ground: #0e1319; --ink: #f1f3f5; } }
body { margin: 0; background: var(--ground); color: var(--ink); font-family: "Noto Sans CJK SC", "PingFang SC",
  "Microsoft YaHei", system-ui, sans-serif; line-height: 1.35; }
main { max-width: 70rem; margin: 0 auto; padding: 1rem; }
span { display: block; }
h1 { margin: 0; padding: 1rem; background: #000; color: #fff; font-size: clamp(1.7rem, 5vmin, 3.6rem);
  border-block: .8rem solid; border-image: repeating-linear-gradient(45deg, #ffb81c 0 1rem, #000 1rem 2rem) 14; }
h1 span, .do span, button span, .burning span { font-size: .7em; font-weight: 600; }
.do { font-size: clamp(1.4rem, 4vmin, 2.6rem); font-weight: 700; }
h2 { margin: 1.2rem 0 .4rem; font-size: clamp(1.2rem, 3vmin, 2rem); }
button { width: 100%; min-height: 24vh; padding: 1rem; font: inherit; font-weight: 800;
  font-size: clamp(1.6rem, 6vmin, 3.6rem);
  background: #a5121d; color: #fff; border: .6rem double #fff; border-radius: .8rem; cursor: pointer; }
button:focus-visible { outline: .4rem solid #1c7ed6; outline-offset: .2rem; }
.burning p { margin: 0; padding: 1rem; font-size: clamp(1.6rem, 5vmin, 3rem); background: #0a6b3d; color: #fff;
  border: .6rem double #fff; border-radius: .8rem; }
.why { overflow-wrap: anywhere; }
"""


def last_page(
    why: str,
    compounds: Mapping[str, str],
    burning: Collection[str],
    fire: Callable[[str], None],
    hosts: Iterable[str] = (),
) -> Starlette:
    """`compounds`: id -> name. `fire` opens a compound's lanes. `hosts`: the names of the settings."""

    async def show(request: Request) -> Response:
        parts = [
            (BURNING if key in burning else BUTTON).format(name=escape(name), id=escape(key))
            for key, name in compounds.items()
        ]
        page = FRAME.format(why=escape(why), compounds="".join(parts))
        headers = {"Refresh": str(ASKS_ANEW_SECONDS), "X-Menshen-Page": "last"}
        return HTMLResponse(page, 503 if not burning else 200, headers)

    async def style(request: Request) -> Response:
        return Response(STYLE, media_type="text/css")

    async def press(request: Request) -> Response:
        compound = str((await request.form()).get("compound", ""))
        if compound not in compounds:
            return PlainTextResponse("no such compound\n", 400)
        fire(compound)
        return RedirectResponse("/", 303)

    app = Starlette(
        routes=[
            Route("/fire", press, methods=["POST"]),
            Route("/last.css", style, methods=["GET"]),
            Route("/{path:path}", show, methods=["GET"]),
        ],
    )
    app.add_middleware(Doorman, hosts=hosts)
    return app
