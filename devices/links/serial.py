"""A serial port in, chunks of bytes out; b"" when it was quiet for a moment.

One daemon thread per port opens, reads, writes and closes it, because pyserial waits, and on a driver stuck in the
kernel it waits for ever: the loop never does. Between thread and loop stands one buffer; when it is full the thread
stops reading, and the port's own flow control, or the node's ring, holds what comes meanwhile.

pyserial 3.5 tells of a lost port in four ways: SerialException, plain OSError (`in_waiting`), termios.error, which is
no OSError (flush and configure), SerialTimeoutException (a far end that takes nothing). All become LinkLost.
"""

import asyncio
import logging
import os
import select
import termios
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

import serial

from devices.driver import LinkLost

BUFFER_LIMIT: Final = 64 * 1024  # bytes that wait for the loop, and bytes that wait for the port
READ_LIMIT: Final = 4096  # the kernel's line discipline gives no more at once
WRITE_SECONDS: Final = 1.0
DRAIN_SECONDS: Final = 0.2
DRAIN_LOOKS: Final = 20
CLOSE_SECONDS: Final = 0.5
PORT_ERRORS: Final = (serial.SerialException, OSError, termios.error)

log = logging.getLogger(__name__)


@asynccontextmanager
async def serial_link(port: str, baud: int, quiet_seconds: float = 0.5) -> AsyncIterator["SerialLink"]:
    """The open port. Raises LinkLost where it cannot be opened, and while iterating when it goes away.

    `quiet_seconds` without a byte read or written give one b"", and each further such time another.
    """
    link = SerialLink(port, baud, quiet_seconds)
    try:
        await link.opened()
        yield link
    finally:
        await link.close()


class SerialLink:
    def __init__(self, port: str, baud: int, quiet_seconds: float) -> None:
        self._name = port
        self._baud = baud
        self._quiet_seconds = quiet_seconds
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()  # something to take, or the end
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self._ended = asyncio.Event()
        # Both sides touch what follows, with the lock held; `_moved` tells a thread that waits for room.
        self._moved = threading.Condition()
        self._incoming = bytearray()
        self._outgoing = bytearray()
        self._told = False  # the loop has been woken and has not come yet
        self._woken = False  # a byte lies in the wake pipe
        self._closing = False
        self._lost: LinkLost | None = None
        self._port: serial.Serial | None = None
        self._wake_read, self._wake_write = os.pipe()
        threading.Thread(target=self._serve, name=f"serial {port}", daemon=True).start()

    # ---- in the loop

    async def opened(self) -> None:
        await self._opened

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        await self._changed.wait()
        with self._moved:
            chunk = bytes(self._incoming)
            self._incoming.clear()
            if self._lost is None:
                self._changed.clear()
                self._told = False
            elif not chunk:
                raise self._lost
            self._moved.notify()
        return chunk

    def send(self, data: bytes) -> None:
        """Queue bytes for the port. A far end that leaves 64 KiB lying loses the link."""
        with self._moved:
            if self._lost is not None or self._closing:
                return
            if len(self._outgoing) + len(data) > BUFFER_LIMIT:
                self._lose("nothing is taken at the far end")
            self._outgoing += data
            self._wake_thread()

    async def close(self) -> None:
        """Let the port go. A port whose driver hangs in the kernel is left to its daemon thread."""
        with self._moved:
            self._closing = True
            self._wake_thread()
            if self._port is not None:
                self._port.cancel_write()
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._ended.wait()
        except TimeoutError:
            log.warning("%s: the port does not close; its thread is left behind", self._name)

    # ---- in the thread

    def _serve(self) -> None:
        try:
            with serial.Serial(self._name, self._baud, timeout=0, write_timeout=WRITE_SECONDS, exclusive=True) as port:
                self._carry(port)
        except PORT_ERRORS as exc:
            with self._moved:
                self._lose(str(exc))
        finally:
            with self._moved:
                self._lose("its thread ended")  # unless something else was said before
                os.close(self._wake_read)
                os.close(self._wake_write)
                self._wake_read = self._wake_write = -1
            self._in_loop(self._ended.set)

    def _carry(self, port: serial.Serial) -> None:
        with self._moved:
            self._port = port
        self._in_loop(self._accept)
        try:
            while self._carry_once(port):
                pass
        finally:
            with self._moved:
                self._port = None  # from here on nobody touches a closed port
            # A port that went away fails here again, and the first failure is the one to tell of.
            with suppress(*PORT_ERRORS):
                self._drain(port)

    def _drain(self, port: serial.Serial) -> None:
        """Let the last acknowledgements out, then give up: closing would wait 30 s for them (tty, closing_wait)."""
        for _ in range(DRAIN_LOOKS):
            if port.out_waiting == 0:
                return
            select.select([], [], [], DRAIN_SECONDS / DRAIN_LOOKS)
        port.reset_output_buffer()

    def _carry_once(self, port: serial.Serial) -> bool:
        """Write what waits, read what there is. False at the end."""
        with self._moved:
            self._moved.wait_for(lambda: len(self._incoming) < BUFFER_LIMIT or self._outgoing or self._closing)
            if self._lost is not None or (self._closing and not self._outgoing):
                return False
            full = len(self._incoming) >= BUFFER_LIMIT
            outgoing = bytes(self._outgoing)
            self._outgoing.clear()
        if outgoing:
            port.write(outgoing)
        if not full and not self._closing:
            self._read(port)
        return True

    def _read(self, port: serial.Serial) -> None:
        ready, _, _ = select.select([port.fileno(), self._wake_read], [], [], self._quiet_seconds)
        chunk = port.read(READ_LIMIT) if port.fileno() in ready else b""
        with self._moved:
            if self._wake_read in ready:
                os.read(self._wake_read, 1)
                self._woken = False
            if chunk or not ready:
                self._incoming += chunk
                self._tell_loop()

    # ---- with the lock held

    def _lose(self, reason: str) -> None:
        if self._lost is not None:
            return
        self._lost = LinkLost(self._name, reason)
        self._in_loop(self._refuse, self._lost)
        self._in_loop(self._changed.set)

    def _tell_loop(self) -> None:
        if not self._told:
            self._told = True
            self._in_loop(self._changed.set)

    def _wake_thread(self) -> None:
        self._moved.notify()
        if not self._woken and self._wake_write != -1:
            self._woken = True
            os.write(self._wake_write, b"!")

    # ---- from the thread to the loop

    def _in_loop(self, call: Callable[..., object], *args: object) -> None:
        try:
            self._loop.call_soon_threadsafe(call, *args)
        except RuntimeError:
            log.debug("%s: the loop ended before the port did", self._name)  # as does the process

    def _accept(self) -> None:
        if not self._opened.done():
            self._opened.set_result(None)

    def _refuse(self, lost: LinkLost) -> None:
        if not self._opened.done():
            self._opened.set_exception(lost)
