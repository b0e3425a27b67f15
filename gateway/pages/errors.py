"""What went wrong in, what a person can do about it out; never a stack, never what was typed."""

from urllib.parse import urlencode

from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import Request

from gateway.pages.access import ACCESS
from gateway.pages.desk import visit_of_anybody
from gateway.pages.page import page, said
from gateway.pages.texts.common import TEXTS, texts


async def went_wrong(request: Request, problem: Exception) -> Response:
    """The answer to every HTTPException."""
    assert isinstance(problem, HTTPException)
    code = problem.status_code
    path = request.url.path
    known = ("GET", path) in ACCESS
    if path.startswith(("/live", "/static")) or path == "/status.json":
        return PlainTextResponse(f"{code}\n", code)
    if code == 401 and request.method == "GET" and known:
        wanted = path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse("/login?" + urlencode({"next": wanted}), 303)
    visit = visit_of_anybody(request)
    words = texts(visit.lang)
    name = "expired_form" if problem.detail == "csrf" else f"error_{code}"
    text = words[name] if name in TEXTS else str(code)
    if visit.partial:
        answer = said(visit, text, "/", good=False)
        answer.status_code = code
        return answer
    return page(visit, "error.html", "", code=code, code_text=text, detail="", back="/")
