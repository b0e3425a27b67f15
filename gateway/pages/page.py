"""A visit and a template in, a whole page out: with its frame, its menu and its status line."""

from urllib.parse import urlencode

from fastapi.responses import HTMLResponse, RedirectResponse, Response

from gateway.pages.access import ROLES
from gateway.pages.desk import LANGUAGE_COOKIE, Visit
from gateway.pages.menu import NAMES, first_of, more_of
from gateway.pages.status import status_line
from gateway.pages.texts.common import texts
from gateway.words.language import Tongue


def page(visit: Visit, template: str, here: str, *, code: int = 200, **values: object) -> HTMLResponse:
    """`here` is the path of the menu entry that is lit; `values` are the template's own."""
    logged_in = visit.session is not None
    answer = HTMLResponse(
        visit.desk.renderer.render(
            template,
            visit.lang,
            here=here,
            menu=_named(visit, first_of(visit.role)) if logged_in else [],
            more_menu=[
                (texts(visit.lang)[group], _named(visit, paths))
                for group, paths in (more_of(visit.role) if logged_in else [])
            ],
            who=visit.member.name if logged_in else "",
            role=ROLES[visit.role].in_(visit.lang) if logged_in else "",
            status_html=status_line(visit.desk, visit.role, visit.lang, visit.member.id) if logged_in else "",
            token=visit.token,
            now=visit.now,
            zone=visit.desk.zone(),
            stream=f"/live{visit.path}?{_query(visit, visit.lang)}",
            other_languages=_same_page_in_other_languages(visit),
            **values,
        ),
        code,
    )
    if ("lang", visit.lang.value) in visit.query:
        answer.set_cookie(
            LANGUAGE_COOKIE,
            visit.lang.value,
            max_age=365 * 86400,
            secure=visit.desk.settings.https,
            httponly=True,
            samesite="strict",
        )
    return answer


def _named(visit: Visit, paths: list[str]) -> list[tuple[str, str]]:
    return [(path, texts(visit.lang)[NAMES[path]]) for path in paths]


def _same_page_in_other_languages(visit: Visit) -> list[tuple[str, Tongue]]:
    others = [each for each in visit.desk.languages.values() if each is not visit.lang]
    return [(f"?{_query(visit, each)}", each) for each in others]


def _query(visit: Visit, lang: Tongue) -> str:
    return urlencode([pair for pair in visit.query if pair[0] != "lang"] + [("lang", lang.value)])


def said(visit: Visit, text: str, back: str, *, good: bool = True) -> Response:
    """What came of a button: a line in the page for our script, the page itself for a browser without."""
    if visit.partial:
        return HTMLResponse(visit.desk.renderer.render("_notice.html", visit.lang, text=text, good=good))
    if good:
        return RedirectResponse(back, 303)
    return page(visit, "error.html", "", code=409, code_text=texts(visit.lang)["error_409"], detail=text, back=back)
