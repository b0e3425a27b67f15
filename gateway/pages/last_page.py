"""The one page of a house that cannot write: a fire button for each compound, and what has happened, in plain words.

No template, no script, no log-in: nothing here may need a disk.
"""

from collections.abc import Callable, Collection, Mapping
from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from gateway.pages.security import Doorman

FRAME = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>门神 Menshen</title>
<h1>存储故障，网关不能工作 / The disk is dead, the gateway cannot work</h1>
<p>请人工核验，出门不得阻拦；马上通知安装员。/ Check by hand, let people leave, call the installer.</p>
<p>{why}</p>{compounds}</html>"""
BUTTON = """<h2>{name}</h2><form method="post" action="/fire"><input type="hidden" name="compound" value="{id}">
<button>着火了，打开所有通道 / Fire: open every lane</button></form>"""
BURNING = "<h2>{name}</h2><p><strong>火警中，所有通道开着 / Fire: every lane is held open</strong></p>"


def last_page(
    why: str, compounds: Mapping[str, str], burning: Collection[str], fire: Callable[[str], None]
) -> Starlette:
    """`compounds`: id -> name. `fire` opens a compound's lanes."""

    async def show(request: Request) -> Response:
        parts = [
            (BURNING if key in burning else BUTTON).format(name=escape(name), id=escape(key))
            for key, name in compounds.items()
        ]
        return HTMLResponse(FRAME.format(why=escape(why), compounds="".join(parts)), 503 if not burning else 200)

    async def press(request: Request) -> Response:
        compound = str((await request.form()).get("compound", ""))
        if compound not in compounds:
            return PlainTextResponse("no such compound\n", 400)
        fire(compound)
        return RedirectResponse("/", 303)

    app = Starlette(
        routes=[Route("/fire", press, methods=["POST"]), Route("/{path:path}", show, methods=["GET"])],
    )
    app.add_middleware(Doorman)
    return app
