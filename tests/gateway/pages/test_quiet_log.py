"""What strangers send to the port costs the log a few lines a minute, and never a traceback."""

import asyncio
import logging

import h11
import pytest

from gateway.pages.quiet_log import Sparing
from tests.gateway.pages.browsing import make_pages, served

CUT_OFF = (
    b"POST /login HTTP/1.1\r\nHost: gate.test\r\nOrigin: http://gate.test\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nname="
)
NO_CHUNK = CUT_OFF.replace(b"Content-Length: 100", b"Transfer-Encoding: chunked").replace(
    b"name=", b"FFFFFFFFFFFFFFFFFFF\r\n"
)


def record(second: float, exc: Exception | None = None) -> logging.LogRecord:
    made = logging.LogRecord("x", logging.ERROR, "", 0, "line %d", (7,), (type(exc), exc, None) if exc else None)
    made.created = second
    return made


def test_so_many_lines_a_minute_and_then_how_many_were_left_out() -> None:
    sparing = Sparing(most=3, seconds=60.0)
    assert [sparing.filter(record(1000.0 + n)) for n in range(10)] == [True] * 3 + [False] * 7
    later = record(1061.0)
    assert sparing.filter(later)
    assert later.getMessage() == "line 7 (and 7 lines before it that were left out)"
    assert sparing.filter(record(1000.0))  # the clock was set back


def test_a_broken_request_is_one_line_and_a_bug_keeps_its_traceback() -> None:
    broken, bug = record(1.0, h11.LocalProtocolError("cannot answer")), record(2.0, ValueError("ours"))
    sparing = Sparing()
    assert sparing.filter(broken)
    assert sparing.filter(bug)
    assert broken.exc_info is None
    assert broken.getMessage() == "pages: cannot answer"
    assert bug.exc_info is not None


@pytest.mark.asyncio
async def test_hanging_up_in_the_middle_and_chunks_that_are_none_write_no_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with served(make_pages()) as server:
        for said in (CUT_OFF, NO_CHUNK, b"\x00\x01\r\n\r\n"):
            for _ in range(15):
                reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
                writer.write(said)
                writer.write_eof()
                async with asyncio.timeout(30):
                    await reader.read()
                writer.close()
    assert not [line for line in caplog.records if line.exc_info]
    assert len([line for line in caplog.records if line.levelno >= logging.WARNING]) <= 11
