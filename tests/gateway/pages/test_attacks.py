"""What an attacker on the LAN sends to the real server: names, heads, paths and cookies that are not ours."""

import asyncio
import base64

import pytest

from gateway.pages.staff.session import Sessions
from tests.gateway.pages.browsing import SETTINGS, Pages, log_in, make_pages, served
from tests.gateway.pages.fake_house import CHIEF, GUARD, START


async def say(port: int, *raw: bytes) -> bytes:
    """Send this, and what comes back until the server hangs up."""
    async with asyncio.timeout(30):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for part in raw:
                writer.write(part)
                await writer.drain()
            return await reader.read()
        except ConnectionResetError:
            return b""
        finally:
            writer.close()


def head(line: str, *headers: str) -> bytes:
    return "\r\n".join((line, *headers, "Connection: close", "", "")).encode()


def code(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


@pytest.mark.asyncio
async def test_no_answer_repeats_a_name_that_is_not_ours() -> None:
    """Password reset poisoning and its kin (CWE-644): a page built from the Host header leads people elsewhere."""
    async with served(make_pages()) as server:
        for headers in (
            ("Host: evil.lan",),
            ("Host: evil.lan:99999",),
            ("Host: gate.test", "X-Forwarded-Host: evil.lan", "Forwarded: host=evil.lan", "X-Host: evil.lan"),
        ):
            for path in ("/", "/login", "/guard", "/nowhere"):
                answer = await say(server.port, head(f"GET {path} HTTP/1.1", *headers))
                assert code(answer) in (200, 303, 404)
                assert b"evil" not in answer
        for headers in ((), ("Host: a", "Host: b")):  # RFC 9112 section 3.2: one, and only one
            assert code(await say(server.port, head("GET /login HTTP/1.1", *headers))) == 400


@pytest.mark.asyncio
async def test_a_name_that_somebody_outside_owns_and_points_here_presses_no_fire_button() -> None:
    """DNS rebinding: their page in a browser of the guard house has our origin, and the fire button asks no PIN."""
    pages = make_pages()
    pressed = f"compound={next(iter(pages.house.shown.places.compounds))}"

    def press(host: str) -> bytes:
        told = (f"Host: {host}", f"Origin: http://{host}", f"Content-Length: {len(pressed)}")
        form = "Content-Type: application/x-www-form-urlencoded"
        return head("POST /fire HTTP/1.1", *told, form) + pressed.encode()

    async with served(pages) as server:
        for host in ("evil.com", "evil.com:8443", "127.0.0.1.evil.com", "menshen.local.evil.com", "1.2.3"):
            assert code(await say(server.port, press(host))) == 421, host
        assert pages.house.orders == []
        assert code(await say(server.port, press("menshen.local"))) == 303
        assert len(pages.house.orders) == 1
        for host in ("menshen.local", "menshen", "192.168.1.20:8443", "[fe80::1]:8443", "gate.home.arpa", "localhost"):
            assert code(await say(server.port, head("GET /healthz HTTP/1.1", f"Host: {host}"))) == 200, host


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "stuffed",
    [
        head("GET /login HTTP/1.1", "Host: a", "X: " + "x" * 80_000),
        head("GET /login HTTP/1.1", "Host: a", *(f"X-{n}: x" for n in range(20_000))),
        head("GET /" + "a" * 80_000 + " HTTP/1.1", "Host: a"),
        head("GET /login HTTP/1.1", "Host: a", "X:\x00y"),
        head("GET /login HTTP/1.1", "Host: a", "X : y"),
        head("POST /login HTTP/1.1", "Host: a", "Content-Length: 5", "Content-Length: 6") + b"abcdef",
        head("POST /login HTTP/1.1", "Host: a", "Content-Length: -5") + b"abcdef",
        head("POST /login HTTP/1.1", "Host: a", "Transfer-Encoding: chunked, identity") + b"0\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20 + b"\r\n\r\n",  # TLS to a door that speaks none
    ],
    ids=["one-long", "many", "path", "nul", "blank", "two-lengths", "negative", "encoding", "tls"],
)
async def test_a_stuffed_or_crooked_head_is_refused_and_the_next_is_served(stuffed: bytes) -> None:
    async with served(make_pages()) as server:
        assert code(await say(server.port, stuffed)) in (0, 400, 413, 414, 431, 501)
        assert code(await say(server.port, head("GET /healthz HTTP/1.1", "Host: a"))) == 200


@pytest.mark.asyncio
async def test_a_request_hidden_in_another_s_body_is_not_answered() -> None:
    """Request smuggling (CWE-444): with both lengths told, ours closes after the first answer."""
    hidden = head("GET /healthz HTTP/1.1", "Host: a")
    outer = "\r\n".join(
        ("POST /login HTTP/1.1", "Host: a", f"Content-Length: {len(hidden) + 5}", "Transfer-Encoding: chunked", "", "")
    )
    async with served(make_pages()) as server:
        answer = await say(server.port, outer.encode() + b"0\r\n\r\n" + hidden)
    assert b"\nok\n" not in answer


PATHS = (
    "/guard/",
    "//guard",
    "/./guard",
    "/guard/../guard",
    "/static/../guard",
    "/%67uard",
    "/guard%00",
    "/guard;a=b",
    "/GUARD",
    "/guard%2f",
    "/live/../guard",
    "/healthz/../guard",
    "/healthz%2f..%2fguard",
    "/login/%2e%2e/guard",
    "\\guard",
)


@pytest.mark.asyncio
@pytest.mark.parametrize("path", PATHS)
async def test_no_other_way_of_writing_a_path_gets_past_the_table(path: str) -> None:
    async with served(make_pages()) as server:
        answer = await say(server.port, head(f"GET {path} HTTP/1.1", "Host: a"))
        posted = await say(
            server.port, head(f"POST {path} HTTP/1.1", "Host: a", "Origin: http://a", "Content-Length: 0")
        )
    assert code(answer) in (303, 307, 400, 401, 404)
    assert b'data-testid="decision"' not in answer
    assert code(posted) in (0, 307, 400, 401, 404, 405)


def forgeries(pages: Pages) -> list[str]:
    """Cookies for the chief by somebody who has a guard's, and knows how they are made, but not the key."""
    sessions: Sessions = pages.app.state.desk.sessions
    name, begun, nonce, signature = sessions.open(GUARD, START).split(".")
    chief = base64.urlsafe_b64encode(b"c1").decode()
    other = Sessions(b"\0" * 32).open(CHIEF, START)
    return [
        f"{chief}.{begun}.{nonce}.{signature}",
        f"{chief}.{begun}.{nonce}.",
        f"{chief}.{begun}.{nonce}",
        f"{name}.{int(begun) + 9999999}.{nonce}.{signature}",
        f"{name}.{begun}.{nonce[:-1]}.{signature}",
        f"{name}.{begun}.{nonce}.{signature[:-1]}",
        f"{name}.{begun}.{nonce}.{signature.upper()}",
        f"{name}.{begun}.{nonce}.{signature}.{signature}",
        other,
        "null",
        "x" * 4000,
        "....",
    ]


@pytest.mark.asyncio
async def test_no_forged_cookie_is_anybody() -> None:
    pages = make_pages()
    for cookie in forgeries(pages):
        async with pages.browser() as browser:
            browser.cookies.set("menshen", cookie)
            assert (await browser.get("/guard")).status_code == 303, cookie


@pytest.mark.asyncio
async def test_a_jar_full_of_cookies_is_read_and_is_nobody() -> None:
    jar = "; ".join(f"c{n}=v" for n in range(1000))
    async with make_pages().browser() as browser:
        answer = await browser.get("/guard", headers={"Cookie": f"{jar}; menshen=; menshen; =menshen; \x7f=1"})
    assert answer.status_code == 303


@pytest.mark.asyncio
async def test_a_form_of_another_site_that_rides_on_a_log_in_does_nothing() -> None:
    pages = make_pages()
    async with pages.browser() as browser:
        await log_in(browser, GUARD)
        for origin in ("http://evil.test", "null", "http://gate.test.evil.test", "http://evil.test/http://gate.test"):
            answer = await browser.post(
                "/guard/patrol", data={"lane": "east-1", "minutes": "10"}, headers={"Origin": origin}
            )
            assert answer.status_code == 403
        assert "SameSite=strict" in (await log_in(browser, GUARD)).headers["set-cookie"]
    assert pages.house.orders == []
    assert not SETTINGS.https
