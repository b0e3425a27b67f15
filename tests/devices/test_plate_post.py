"""Cameras that post number plates over HTTP: what is taken, what is refused, and who is not listened to at all."""

import asyncio
import http.client
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest
from pydantic import ValidationError

from devices.driver import LinkLost, NoKeys
from devices.links.broker import Heard
from devices.links.http_post import MOST_CONNECTIONS, MOST_WAITING, HttpPostLink
from devices.plate_post import DRIVER, PlatePostSettings
from devices.plate_reader import LARGEST
from devices.reading import PlateSeen, Sighting

T = TypeVar("T")
CAR = json.dumps({"AlarmInfoPlate": {"result": {"PlateResult": {"license": "鲁VF0050", "confidence": 94}}}}).encode()


@asynccontextmanager
async def listening(*cameras: str) -> AsyncIterator[HttpPostLink]:
    settings = PlatePostSettings.model_validate({"cameras": cameras or ("127.0.0.1",), "host": "127.0.0.1", "port": 0})
    async with asyncio.timeout(60), DRIVER.open_link(settings) as link:
        assert isinstance(link, HttpPostLink)
        yield link


async def away(call: Callable[[], T]) -> T:
    """What a camera does, beside the loop."""
    return await asyncio.to_thread(call)


def post(port: int, body: bytes = CAR, path: str = "/plates", method: str = "POST") -> tuple[int, bytes]:
    camera = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        camera.request(method, path, body)
        answer = camera.getresponse()
        return answer.status, answer.read()
    finally:
        camera.close()


@pytest.mark.asyncio
async def test_what_a_camera_posts_is_a_plate() -> None:
    async with listening() as link:
        assert await away(lambda: post(link.port)) == (200, b"{}")
        heard = await anext(aiter(link))
    decoder = DRIVER.decoder(PlatePostSettings(cameras=("127.0.0.1",)), NoKeys())
    assert heard == Heard("127.0.0.1", CAR)
    assert list(decoder.feed(heard)) == [Sighting(PlateSeen("鲁VF0050", 0.94))]


@pytest.mark.asyncio
async def test_several_on_one_connection_come_in_their_order() -> None:
    def camera(port: int) -> list[int]:
        kept = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        statuses = []
        for number in range(5):
            kept.request("POST", "/plates?n=1", str(number))
            answer = kept.getresponse()
            answer.read()
            statuses.append(answer.status)
        kept.close()
        return statuses

    async with listening() as link:
        assert await away(lambda: camera(link.port)) == [200] * 5
        assert [(await anext(aiter(link))).payload for _ in range(5)] == [b"0", b"1", b"2", b"3", b"4"]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("body", "path", "method", "status"),
    [(CAR, "/", "POST", 404), (b"", "/plates", "GET", 405), (b"x" * (LARGEST + 1), "/plates", "POST", 413)],
)
async def test_what_is_no_post_of_ours_is_refused(body: bytes, path: str, method: str, status: int) -> None:
    async with listening() as link:
        assert (await away(lambda: post(link.port, body, path, method)))[0] == status
        assert await away(lambda: post(link.port)) == (200, b"{}")
        assert (await anext(aiter(link))).payload == CAR


@pytest.mark.asyncio
async def test_a_house_too_busy_says_so() -> None:
    async with listening() as link:
        statuses = [(await away(lambda: post(link.port)))[0] for _ in range(MOST_WAITING + 1)]
        assert statuses == [200] * MOST_WAITING + [503]


@pytest.mark.asyncio
async def test_a_stranger_is_hung_up_on_without_a_word() -> None:
    def stranger(port: int) -> bytes:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
            try:
                line.sendall(b"POST /plates HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n")
                return line.recv(100)
            except ConnectionError:
                return b""

    async with listening("192.0.2.1") as link:
        assert await away(lambda: stranger(link.port)) == b""


@pytest.mark.asyncio
@pytest.mark.parametrize("words", [b"\x16\x03\x01\x02", b"GET", b"POST /plates HTTP/1.1\r\n" + b"a: b\r\n" * 20_000])
async def test_what_speaks_no_http_is_hung_up_on_and_others_are_served(words: bytes) -> None:
    def talker(port: int) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
            try:
                line.sendall(words)
                line.shutdown(socket.SHUT_WR)
                while line.recv(1000):
                    pass
            except ConnectionError:
                return

    async with listening() as link:
        await away(lambda: talker(link.port))
        assert (await away(lambda: post(link.port)))[0] == 200


@pytest.mark.asyncio
async def test_what_asks_for_a_head_alone_is_hung_up_on_in_silence() -> None:
    """An answer to HEAD has no body: ours was a traceback in the log for each of them."""
    told: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: told.append(context))

    def asker(port: int) -> bytes:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
            line.sendall(b"HEAD /plates HTTP/1.1\r\nhost: x\r\n\r\n")
            return line.recv(1000)

    async with listening() as link:
        assert await away(lambda: asker(link.port)) == b""
        assert (await away(lambda: post(link.port)))[0] == 200
    assert told == []


@pytest.mark.asyncio
async def test_lines_held_open_are_limited_and_let_go_when_the_house_closes() -> None:
    held = []
    async with listening() as link:
        for _ in range(MOST_CONNECTIONS):
            held.append(await away(lambda: socket.create_connection(("127.0.0.1", link.port), timeout=30)))
        one_more = await away(lambda: socket.create_connection(("127.0.0.1", link.port), timeout=30))
        assert await away(lambda: one_more.recv(1)) == b""
        one_more.close()
    for line in held:
        assert await away(lambda line=line: line.recv(1)) == b""
        line.close()


@pytest.mark.asyncio
async def test_a_port_that_is_taken_is_a_lost_link() -> None:
    async with listening() as link:
        settings = PlatePostSettings.model_validate({"cameras": ["127.0.0.1"], "host": "127.0.0.1", "port": link.port})
        with pytest.raises(LinkLost, match="in use"):
            async with DRIVER.open_link(settings):
                raise AssertionError("it was opened twice")


def test_without_a_cameras_address_nobody_may_post() -> None:
    with pytest.raises(ValidationError, match="cameras"):
        PlatePostSettings.model_validate({"cameras": []})
