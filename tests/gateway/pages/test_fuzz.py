"""schemathesis over every route, as each role and as nobody: no 5xx, nothing a role may not have, always our headers.

Some thousand requests in `make test`; `make fuzz` sends many times as many (MENSHEN_FUZZ is the number for each route).
"""

import asyncio
import os
from collections.abc import Iterator
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

import httpx
import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case

from gateway.bodies import read_body
from gateway.gatekeeper import Gatekeeper
from gateway.kinds import Kind
from gateway.orders.every import Order, OrderResult
from gateway.pages.access import ACCESS, PUBLIC, Member, allowed
from gateway.pages.security import HEADERS
from gateway.pages.staff.login import FORM_COOKIE
from gateway.state.state import State
from tests.api_schema import honest, schema_of
from tests.gateway.pages.browsing import ORIGIN, Pages, log_in, make_pages, token_of
from tests.gateway.pages.fake_house import EVERYBODY, FakeHouse, alert, make_site, stay
from tests.gateway.pages.registered import registered_pages

EXAMPLES = int(os.environ.get("MENSHEN_FUZZ", "12"))
GENUINE = [*EVERYBODY, None]


class JudgingHouse(FakeHouse):
    """Its orders are judged, enacted and encoded by the real gatekeeper."""

    def __init__(self) -> None:
        super().__init__(make_site())
        self.gatekeeper = Gatekeeper(State(site=make_site(), epoch="e", number=100, heard=self.now))
        self.tell(stay("b1u1-502", 1))
        self.tell(alert(Kind.HELP_CALLED, 7))

    async def order(self, order: Order) -> OrderResult:
        batch, result = self.gatekeeper.order(order)
        for entry in batch.entries:
            self.shown.apply(entry.number, read_body(entry.body))
        return result


class Crowd:
    """One app with a real registry, and a browser logged in as each member, on one event loop."""

    def __init__(self, folder: Path) -> None:
        self.runner = asyncio.Runner()
        self.open = AsyncExitStack()
        self.pages: Pages
        self.pages, _ = self.runner.run(self.open.enter_async_context(registered_pages(folder, JudgingHouse())))
        self.pages.app.state.desk.feed.close()  # streams end at once
        self.addresses = count(1)
        self.members = dict(self.pages.staff.members)
        self.cookies: dict[str, str] = {}
        self.tokens: dict[str, str] = {}
        for member in EVERYBODY:
            self.runner.run(self.enter(member))

    def browser(self) -> httpx.AsyncClient:
        """From an address of its own each time: the allowance is not what is tried here."""
        number = next(self.addresses)
        return self.pages.browser(f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")

    async def enter(self, member: Member) -> None:
        async with self.browser() as browser:
            assert (await log_in(browser, member)).status_code == 303
            self.cookies[member.id] = browser.cookies["menshen"]
            self.tokens[member.id] = await token_of(browser)

    async def ask(self, case: Case, member: Member | None, known: dict[str, str]) -> httpx.Response:
        self.pages.staff.members = dict(self.members)  # whoever was struck off is back
        wild = case.body if isinstance(case.body, dict) else (case.query or {})
        form = {**wild, **known}
        sent = {} if case.method == "POST" else {str(name): str(value) for name, value in form.items()}
        if member is not None:
            form = {**form, "csrf": self.tokens[member.id]}
        if case.path == "/login":
            form = {**form, "csrf": "a form of ours"}
        data = urlencode({str(k): str(v) for k, v in form.items()}, errors="replace").encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if case.method == "POST" else {}
        url = f"{ORIGIN}{case.path}?{urlencode(sent, errors='replace')}"
        async with self.browser() as browser:
            browser.cookies.set(FORM_COOKIE, "a form of ours")
            if member is not None:
                browser.cookies.set("menshen", self.cookies[member.id])
            answer = await browser.request(
                case.method, url, content=data if case.method == "POST" else None, headers=headers
            )
        if case.path == "/logout" and member is not None:
            await self.enter(member)
        return answer


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    made = Crowd(tmp_path_factory.mktemp("crowd"))
    yield made
    made.runner.run(made.open.aclose())
    made.runner.close()


RAW = schema_of(make_pages().app)
SCHEMA = schemathesis.openapi.from_dict(RAW)


@pytest.mark.parametrize(("method", "path"), sorted(ACCESS))
def test_nothing_sent_to_a_route_breaks_it_or_opens_it(crowd: Crowd, method: str, path: str) -> None:
    able = [member for member in EVERYBODY if allowed(method, path, member.role)]
    who = st.sampled_from([*able, *able, *able, *GENUINE])  # mostly those who get further

    names = RAW["paths"][path][method.lower()]["x-names"]

    @given(case=SCHEMA[path][method].as_strategy(), member=who, known=honest(names))
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def ask(case: Case, member: Member | None, known: dict[str, str]) -> None:
        answer = crowd.runner.run(crowd.ask(case, member, known))
        assert answer.status_code < 500, (member, answer.text[:200])
        if ACCESS[method, path] is not PUBLIC:
            if member is None:
                assert answer.status_code in (303, 401)
            elif not allowed(method, path, member.role):
                assert answer.status_code == 403
        for name, value in HEADERS:
            assert answer.headers[name] == value

    ask()


def test_what_was_ordered_is_in_the_journal_and_can_be_read_again(crowd: Crowd) -> None:
    """The orders of all that noise were encoded and decoded; a state that came of them can be kept."""
    house = crowd.pages.house
    assert isinstance(house, JudgingHouse)
    assert house.gatekeeper.state.number > 100
    assert msgspec.msgpack.encode(house.gatekeeper.state)
