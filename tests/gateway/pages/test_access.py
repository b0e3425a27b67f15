"""No page and no route without its role."""

import pytest
from fastapi.responses import PlainTextResponse, Response
from fastapi.routing import APIRoute
from starlette.routing import Mount

from gateway.kinds import Kind
from gateway.pages.access import ACCESS, AUDIENCE, HOME, PUBLIC, Member, Role, allowed
from gateway.pages.desk import Visiting
from gateway.pages.homes import flat
from tests.gateway.pages.browsing import log_in, make_pages, token_of
from tests.gateway.pages.fake_house import EVERYBODY, GUARD

NOBODY_STAYS = {"/enrol/notice": (404,), "/enrol/release": (404,)}  # papers of a stay, and there is none
WELL_FORMED = {  # pages that need to be told of what
    "/flat": "/flat?flat=b1u1-502",
    "/flat/temperatures": "/flat/temperatures?flat=b1u1-502",
    "/flat/code": "/flat/code?flat=b1u1-502",
    "/care": "/care?flat=b1u1-502",
    "/duty/call": "/duty/call?flat=b1u1-502",
    "/enrol/notice": "/enrol/notice?flat=b1u1-502",
    "/enrol/release": "/enrol/release?flat=b1u1-502&stay=gone",
    "/household": "/household?flat=b1u1-502",
    "/registry/template": "/registry/template?format=csv",
}


def all_routes() -> list[tuple[str, str]]:
    """Every method and path the app really answers to."""
    found = []
    for route in make_pages().app.routes:
        if isinstance(route, Mount):
            assert route.path == "/static"
            continue
        assert isinstance(route, APIRoute), route
        found.extend((method, route.path) for method in route.methods or ())
    return sorted(found)


def test_the_table_names_every_route_and_no_other() -> None:
    assert all_routes() == sorted(ACCESS)


def test_a_route_that_is_not_in_the_table_cannot_be() -> None:
    async def unlisted(visit: Visiting) -> Response:
        return PlainTextResponse("x")

    flat.router.add_api_route("/unlisted", unlisted, methods=["GET"])
    try:
        with pytest.raises(ValueError, match=r"routes and table of access differ.*unlisted"):
            make_pages()
    finally:
        flat.router.routes.pop()
    assert allowed("GET", "/unlisted", Role.CHIEF) is False


@pytest.mark.asyncio
async def test_a_route_added_behind_the_table_s_back_is_nobody_s() -> None:
    async def unlisted(visit: Visiting) -> Response:
        return PlainTextResponse("x")

    pages = make_pages()
    pages.app.add_api_route("/unlisted", unlisted, methods=["GET"], response_model=None)
    pages.app.router.routes.insert(0, pages.app.router.routes.pop())
    async with pages.browser() as browser:
        assert (await browser.get("/unlisted")).status_code == 401
        await log_in(browser, EVERYBODY[3])
        assert (await browser.get("/unlisted")).status_code == 403


def test_only_the_log_in_and_the_pulse_for_monitoring_are_public() -> None:
    public = {route for route, roles in ACCESS.items() if roles is PUBLIC}
    ca = {("GET", "/ca.crt"), ("GET", "/ca.mobileconfig")}  # what phones are to trust: no secret
    fire = {("GET", "/fire"), ("POST", "/fire")}  # a button without a PIN; all it can do is open lanes
    doors = {route for route in ACCESS if route[1].startswith("/door/{code}")}  # opened by an unguessable code
    assert public == {("GET", "/healthz"), ("GET", "/login"), ("POST", "/login"), *ca} | fire | doors


@pytest.mark.asyncio
@pytest.mark.parametrize(("method", "path"), [route for route in all_routes() if ACCESS[route] is not PUBLIC])
async def test_nobody_gets_in_without_a_log_in(method: str, path: str) -> None:
    pages = make_pages()
    async with pages.browser() as browser:
        answer = await browser.request(method, path, data={"csrf": "x"} if method == "POST" else None)
    if method == "GET" and not path.startswith("/live") and path != "/status.json":
        assert (answer.status_code, answer.headers["location"][:12]) == (303, "/login?next=")
    else:
        assert answer.status_code == 401
    assert pages.house.orders == []


@pytest.mark.asyncio
@pytest.mark.parametrize("member", EVERYBODY, ids=lambda member: member.role)
@pytest.mark.parametrize(
    ("method", "path"), [route for route in all_routes() if ACCESS[route] is not PUBLIC and route[1] != "/logout"]
)
async def test_each_role_gets_what_the_table_says(method: str, path: str, member: Member) -> None:
    pages = make_pages()
    pages.app.state.desk.feed.close()  # streams end at once
    async with pages.browser() as browser:
        await log_in(browser, member)
        token = await token_of(browser)
        data = {"csrf": token} if method == "POST" else None
        answer = await browser.request(method, WELL_FORMED.get(path, path), data=data)
    if allowed(method, path, member.role):
        assert answer.status_code in (
            (400, 404, 409) if method == "POST" else (200, 204, 303, *NOBODY_STAYS.get(path, ()))
        )
    else:
        assert answer.status_code == 403
    assert pages.house.orders == []


def test_every_kind_of_alert_has_an_audience_that_may_open_the_page() -> None:
    assert set(AUDIENCE) == set(Kind)
    assert all(Role.DUTY_OFFICER in roles for roles in AUDIENCE.values())


def test_health_is_for_duty_officers_only() -> None:
    assert AUDIENCE[Kind.FEVER] == AUDIENCE[Kind.BAND_TAKEN_OFF] == {Role.DUTY_OFFICER, Role.CHIEF}


def test_each_role_has_a_first_page_it_may_open() -> None:
    assert all(allowed("GET", HOME[role], role) for role in Role)


@pytest.mark.asyncio
async def test_the_menu_shows_only_what_the_role_may_open() -> None:
    pages = make_pages()
    async with pages.browser() as browser:
        await log_in(browser, GUARD)
        text = (await browser.get("/alerts")).text
    assert 'data-testid="menu-guard"' in text
    assert 'data-testid="menu-board"' not in text
