"""Hostile requests are refused, and every answer carries its headers."""

from collections.abc import AsyncIterator

import httpx
import pytest

from gateway.kinds import Kind
from gateway.pages.desk import PageSettings
from gateway.pages.security import MOST_BODY_BYTES
from tests.gateway.pages.browsing import SETTINGS, log_in, make_pages, token_of
from tests.gateway.pages.fake_house import OFFICER, alert

PAGES = ["/login", "/healthz", "/alerts", "/guard", "/board", "/status.json", "/nope", "/static/menshen.css"]


@pytest.mark.asyncio
@pytest.mark.parametrize("path", PAGES)
async def test_every_answer_carries_the_headers(path: str) -> None:
    async with make_pages().browser() as browser:
        await log_in(browser, OFFICER)
        headers = (await browser.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "'unsafe" not in policy  # 'wasm-unsafe-eval' lets a module of ours run, and no text of anybody's
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == ("no-cache" if path.startswith("/static") else "no-store")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.test"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Origin": "http://gate.test:81"},
        {"Origin": "http://gate.test.evil.test"},
        {"Origin": ""},
    ],
)
async def test_a_form_of_another_site_is_refused(headers: dict[str, str]) -> None:
    pages = make_pages()
    pages.house.tell(alert(Kind.FALL, 7))
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        token = await token_of(browser)
        answer = await browser.post("/alerts/acknowledge", data={"csrf": token, "alert": "e/7"}, headers=headers)
    assert answer.status_code == 403
    assert pages.house.orders == []


@pytest.mark.asyncio
@pytest.mark.parametrize("token", ["", "0" * 64, "é", "\ud83d"])
async def test_a_form_without_our_token_is_refused(token: str) -> None:
    pages = make_pages()
    pages.house.tell(alert(Kind.FALL, 7))
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        data = {"csrf": token.encode("utf-8", "surrogatepass"), "alert": b"e/7"}
        answer = await browser.post("/alerts/acknowledge", data=data)
    assert answer.status_code == 403
    assert pages.house.orders == []


@pytest.mark.asyncio
async def test_the_token_of_another_log_in_is_refused() -> None:
    pages = make_pages()
    pages.house.tell(alert(Kind.FALL, 7))
    async with pages.browser() as first, pages.browser() as second:
        await log_in(first, OFFICER)
        await log_in(second, OFFICER)
        answer = await second.post("/alerts/acknowledge", data={"csrf": await token_of(first), "alert": "e/7"})
    assert answer.status_code == 403


@pytest.mark.asyncio
async def test_a_huge_body_is_refused_whether_it_tells_its_length_or_not() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"csrf=x&name="
        for _ in range(64):
            yield b"a" * 1024

    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    async with make_pages().browser() as browser:
        told = await browser.post("/login", content=b"a" * (MOST_BODY_BYTES + 1), headers=kind)
        untold = await browser.post("/login", content=pieces(), headers=kind)
    assert (told.status_code, untold.status_code) == (413, 413)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\xfe\x00%ff%c3%28", "application/x-www-form-urlencoded"),
        (b"csrf=%00%0d%0a&name=%ed%a0%80", "application/x-www-form-urlencoded; charset=utf-7"),
        (b"&".join(b"a%d=1" % n for n in range(500)), "application/x-www-form-urlencoded"),
        (b'{"name": "d1"}', "application/json"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"--x", "multipart/form-data"),
        (b"", "text/plain"),
    ],
)
async def test_a_body_that_is_no_form_of_ours_is_answered_and_never_breaks(body: bytes, kind: str) -> None:
    async with make_pages().browser() as browser:
        await browser.get("/login")
        answer = await browser.post("/login", content=body, headers={"Content-Type": kind})
    assert answer.status_code in (400, 403)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2f..%2fwords.py",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/vendor/%00",
        "/static/vendor",
    ],
)
async def test_static_files_lead_nowhere_else(path: str) -> None:
    pages = make_pages()
    transport = httpx.ASGITransport(pages.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://gate.test") as browser:
        request = browser.build_request("GET", "/")
        request.url = request.url.copy_with(raw_path=path.encode())
        answer = await browser.send(request)
    assert answer.status_code in (404, 405)
    assert "import" not in answer.text
    assert "root:" not in answer.text


@pytest.mark.asyncio
async def test_a_client_that_asks_too_much_is_held_off_and_no_other() -> None:
    pages = make_pages()
    async with pages.browser("10.0.0.66") as greedy, pages.browser("10.0.0.7") as other:
        codes = [(await greedy.get("/healthz")).status_code for _ in range(400)]
        assert codes[0] == 200
        assert codes[-1] == 429
        assert (await other.get("/healthz")).status_code == 200


@pytest.mark.asyncio
async def test_a_gateway_that_knows_its_names_answers_to_no_other() -> None:
    named = make_pages(settings=PageSettings(SETTINGS.session_key, hosts=("gate.test",)))
    async with named.browser() as browser:
        assert (await browser.get("/healthz")).status_code == 200
        for other in ("rebound.test", "[", "", "gate.test.evil"):
            assert (await browser.get("/healthz", headers={"Host": other})).status_code == 421
        assert (await browser.get("/healthz", headers={"Host": "GATE.test:8080"})).status_code == 200


@pytest.mark.asyncio
@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
async def test_the_framework_shows_no_pages_of_its_own(path: str) -> None:
    async with make_pages().browser() as browser:
        await log_in(browser, OFFICER)
        assert (await browser.get(path)).status_code == 404
