"""The serial link over real pseudo-terminals: bytes, quiet, backpressure, and every way a port is lost."""

import asyncio
import os
import time
from collections.abc import Callable

import pytest
import serial

from devices.driver import LinkLost
from devices.links import serial as serial_module
from devices.links.serial import BUFFER_LIMIT, SerialLink, serial_link
from tests.devices.serial_ports import far_end, serial_threads

SOON = 20.0  # seconds; a limit for a test that hangs, never a measure


async def read_bytes(link: SerialLink, count: int) -> bytes:
    heard = b""
    async with asyncio.timeout(SOON):
        while len(heard) < count:
            heard += await anext(link)
    return heard


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON):
        while not condition():  # noqa: ASYNC110 - a thread's state; it sets no asyncio.Event for a test
            await asyncio.sleep(0.005)


@pytest.mark.asyncio
async def test_bytes_go_both_ways() -> None:
    with far_end() as end:
        async with serial_link(end.port, 115200) as link:
            end.say(b"\x00\x11\x13\x03hello\r\n\xff")  # nothing of it is a control character to anybody
            assert await read_bytes(link, 12) == b"\x00\x11\x13\x03hello\r\n\xff"
            link.send(b"one")
            link.send(b"two\r\n")
            assert await asyncio.to_thread(end.hear, 8) == b"onetwo\r\n"


@pytest.mark.asyncio
async def test_a_quiet_moment_is_an_empty_chunk_and_comes_again() -> None:
    with far_end() as end:
        async with serial_link(end.port, 115200, quiet_seconds=0.02) as link, asyncio.timeout(SOON):
            assert [await anext(link), await anext(link)] == [b"", b""]
            end.say(b"x")
            chunks = [await anext(link)]
            while chunks[-1] == b"":
                chunks.append(await anext(link))
            assert chunks[-1] == b"x"


@pytest.mark.asyncio
async def test_sending_is_not_taken_for_quiet() -> None:
    with far_end() as end:
        async with serial_link(end.port, 115200, quiet_seconds=SOON) as link:
            first = asyncio.create_task(anext(link))
            for _ in range(20):
                link.send(b"?")
                assert await asyncio.to_thread(end.hear, 1) == b"?"  # at once, though quiet is far away
            assert not first.done()
            end.say(b"!")
            assert await asyncio.wait_for(first, SOON) == b"!"


@pytest.mark.asyncio
async def test_what_came_while_the_loop_was_busy_is_one_chunk() -> None:
    with far_end() as end:
        async with serial_link(end.port, 115200) as link:
            for number in range(100):
                end.say(b"%03d," % number)
            await until(lambda: len(link._incoming) == 400)
            assert await anext(link) == b"".join(b"%03d," % number for number in range(100))


@pytest.mark.asyncio
async def test_a_reader_who_does_not_come_stops_the_port_and_loses_nothing() -> None:
    with far_end() as end:
        os.set_blocking(end._master, False)
        stream = os.urandom(3 * BUFFER_LIMIT)
        said = 0

        def say_more() -> bool:
            nonlocal said
            try:
                said += os.write(end._master, stream[said : said + 4096])
            except BlockingIOError:
                return False
            return True

        async with serial_link(end.port, 115200) as link:
            async with asyncio.timeout(SOON):
                while len(link._incoming) < BUFFER_LIMIT or say_more():
                    say_more()
                    await asyncio.sleep(0)
            assert len(link._incoming) < BUFFER_LIMIT + 4096
            assert said < len(stream)
            link.send(b"still")  # what is to be sent goes out though nobody reads
            assert await asyncio.to_thread(end.hear, 5) == b"still"
            assert len(link._incoming) < BUFFER_LIMIT + 4096
            heard = b""
            async with asyncio.timeout(SOON):
                while len(heard) < len(stream):
                    heard += await anext(link)
                    while said < len(stream) and say_more():
                        pass
            assert heard == stream


@pytest.mark.asyncio
async def test_a_cable_that_is_pulled_loses_the_link_after_the_last_bytes() -> None:
    with far_end() as end:
        async with serial_link(end.port, 115200) as link:
            end.say(b"last")
            await until(lambda: bytes(link._incoming) == b"last")
            end.go_away()
            await until(lambda: link._lost is not None)
            assert await anext(link) == b"last"
            with pytest.raises(LinkLost) as lost:
                await anext(link)
            assert lost.value.link == end.port
            with pytest.raises(LinkLost):  # and it stays lost
                await anext(link)
            link.send(b"into nothing")
    await until(lambda: serial_threads() == [])


@pytest.mark.asyncio
async def test_a_port_that_is_not_there_is_a_lost_link() -> None:
    with pytest.raises(LinkLost, match="No such file"):
        async with serial_link("/dev/there-is-no-such-port", 115200):
            raise AssertionError("it opened")
    await until(lambda: serial_threads() == [])


@pytest.mark.asyncio
async def test_a_file_that_is_no_port_is_a_lost_link() -> None:
    with pytest.raises(LinkLost, match="Could not configure port"):
        async with serial_link("/dev/null", 115200):
            raise AssertionError("it opened")


@pytest.mark.asyncio
async def test_a_port_somebody_holds_is_a_lost_link() -> None:
    with far_end() as end:
        async with serial_link(end.port, 115200):
            with pytest.raises(LinkLost, match="lock"):
                async with serial_link(end.port, 115200):
                    raise AssertionError("it opened twice")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "failure",
    [
        serial.SerialException("device reports readiness to read but returned no data"),
        OSError(5, "Input/output error"),
        serial_module.termios.error(5, "Input/output error"),
        serial.SerialTimeoutException("Write timeout"),
    ],
    ids=lambda failure: type(failure).__name__,
)
async def test_every_failure_pyserial_knows_is_a_lost_link(failure: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    # The one place where a port is replaced: no pseudo-terminal fails in all of the ways a real port does.
    def fail(self: serial.Serial, data: bytes) -> int:
        raise failure

    monkeypatch.setattr(serial.Serial, "write", fail)
    with far_end() as end:
        async with serial_link(end.port, 115200) as link:
            link.send(b"x")
            with pytest.raises(LinkLost):
                async with asyncio.timeout(SOON):
                    await anext(link)
    await until(lambda: serial_threads() == [])


@pytest.mark.asyncio
async def test_more_than_can_wait_for_the_port_is_a_lost_link() -> None:
    with far_end() as end:
        async with serial_link(end.port, 115200, quiet_seconds=SOON) as link:
            link.send(b"x" * (BUFFER_LIMIT + 1))
            with pytest.raises(LinkLost, match="nothing is taken"):
                await asyncio.wait_for(anext(link), SOON)


@pytest.mark.asyncio
async def test_what_was_sent_just_before_closing_goes_out() -> None:
    with far_end() as end:
        async with serial_link(end.port, 115200) as link:
            link.send(b"the last acknowledgement")
        assert await asyncio.to_thread(end.hear, 24) == b"the last acknowledgement"


async def flood(link: SerialLink) -> None:
    while True:
        link.send(b"x" * 4096)
        await anext(link)


@pytest.mark.asyncio
async def test_a_far_end_that_takes_nothing_is_a_lost_link_and_sending_never_waits() -> None:
    with far_end() as end:
        async with serial_link(end.port, 115200, quiet_seconds=0.01) as link:
            with pytest.raises(LinkLost):
                await asyncio.wait_for(flood(link), SOON)
    await until(lambda: serial_threads() == [])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # the traceback it is to leave
@pytest.mark.asyncio
async def test_a_bug_in_the_thread_is_not_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: SerialLink, port: serial.Serial) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(SerialLink, "_read", fail)
    with far_end() as end:
        async with serial_link(end.port, 115200) as link:
            with pytest.raises(LinkLost, match="its thread ended"):
                async with asyncio.timeout(SOON):
                    await anext(link)
    await until(lambda: serial_threads() == [])


@pytest.mark.asyncio
@pytest.mark.parametrize("state", ["waiting", "full", "writing"])
async def test_closing_is_prompt_and_leaves_no_thread(state: str) -> None:
    with far_end() as end:
        async with serial_link(end.port, 115200, quiet_seconds=SOON) as link:
            if state == "full":
                os.set_blocking(end._master, False)
                async with asyncio.timeout(SOON):
                    while len(link._incoming) < BUFFER_LIMIT:
                        try:
                            os.write(end._master, b"x" * 4096)
                        except BlockingIOError:
                            await asyncio.sleep(0.001)
            if state == "writing":
                link.send(b"x" * BUFFER_LIMIT)
                await until(lambda: not link._outgoing)
            before = time.monotonic()
        assert time.monotonic() - before < 0.5
        await until(lambda: serial_threads() == [])


@pytest.mark.asyncio
async def test_a_task_that_is_cancelled_closes_its_port() -> None:
    async def listen(port: str) -> None:
        async with serial_link(port, 115200, quiet_seconds=SOON) as link:
            async for _ in link:
                pass

    with far_end() as end:
        task = asyncio.create_task(listen(end.port))
        await until(lambda: len(serial_threads()) == 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await until(lambda: serial_threads() == [])
        async with serial_link(end.port, 115200):
            pass  # the lock is gone with it
