"""The pages' app in, a web server in the house's own event loop out, that stops when it is told and not before.

uvicorn takes the process's signals and would end it before the house has cleaned up (design.md section 10): here it
leaves them alone. Open streams are ended first, so that the server has nothing to wait for.
"""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from gateway.pages.app import board_of, feed_of
from gateway.pages.impatient import SHAKE_SECONDS, Impatient
from gateway.pages.quiet_log import Sparing

STOP_SECONDS = 2  # a browser that takes nothing more is cut off then


class _Quiet(uvicorn.Server):
    """A server that leaves signals to the house."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's own for sockets that are open already, with a limit for those slow to shake hands."""
        await self.lifespan.startup()
        config, loop = self.config, asyncio.get_running_loop()

        def create_protocol() -> asyncio.Protocol:
            return Impatient(config, self.server_state, self.lifespan.state)

        self.servers = [
            await loop.create_server(
                create_protocol,
                sock=listener,
                ssl=config.ssl,
                ssl_handshake_timeout=SHAKE_SECONDS if config.ssl is not None else None,
                backlog=config.backlog,
            )
            for listener in sockets or ()
        ]
        self.started = True


class Doorstep(socket.socket):
    """A listening socket that takes no more connections than can be shaken hands with.

    With TLS a server hears of a connection once hands are shaken; before, each silent one costs 300 kB and a file, and
    a few thousand of them all the memory a small gateway has.
    """

    def accept(self) -> tuple[socket.socket, Any]:
        connection, address = super().accept()
        if Impatient.may_shake(address[:2], asyncio.get_running_loop().time()):
            return connection, address
        connection.close()
        raise ConnectionAbortedError(f"{address[0]}: too many that have not shaken hands")  # asyncio goes on


def listen(host: str, port: int) -> Doorstep:
    """A listening socket; port 0 takes a free one. Raises OSError where the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return Doorstep(fileno=socket.create_server((host, port), family=family, backlog=128).detach())


def quiet_server(app: ASGIApp, certificate: Path | None = None, key: Path | None = None) -> uvicorn.Server:
    """uvicorn as this house wants it: silent, impatient, and not in charge of the process."""
    server_log = logging.getLogger("uvicorn.error")
    if not any(isinstance(known, Sparing) for known in server_log.filters):
        server_log.addFilter(Sparing())
    return _Quiet(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,  # addresses of people's phones are nobody's business
            lifespan="off",
            http=Impatient,
            ws="none",
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=10,
            timeout_graceful_shutdown=STOP_SECONDS,
            limit_concurrency=256,
            ssl_certfile=certificate,
            ssl_keyfile=key,
        )
    )


class PageServer:
    """`run` is one task of the house. It ends after `stop`, or when it is cancelled, both times in good order."""

    def __init__(
        self, app: FastAPI, listener: socket.socket, certificate: Path | None = None, key: Path | None = None
    ) -> None:
        self._feed = feed_of(app)
        self._draw = board_of(app).keep_warm
        self._listener = listener
        self._server = quiet_server(app, certificate, key)

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    async def run(self) -> None:
        serving = asyncio.create_task(self._server.serve([self._listener]), name="pages server")
        watching = asyncio.create_task(self._feed.run(), name="pages feed")
        drawing = asyncio.create_task(self._draw(), name="pages board")
        try:
            # whichever ends first: a feed that fails must not leave pages that look alive
            await asyncio.wait((serving, watching, drawing), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.stop()
            watching.cancel()
            drawing.cancel()
            await asyncio.gather(serving, watching, drawing, return_exceptions=True)
            self._listener.close()
        for task in (serving, watching, drawing):
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error

    def show_certificate(self, certificate: Path, key: Path) -> None:
        """Another one for whoever connects from now on; open pages go on with theirs."""
        assert self._server.config.ssl is not None
        self._server.config.ssl.load_cert_chain(certificate, key)

    def stop(self) -> None:
        """Let the pages go: streams end, the port is closed. `run` returns a moment later."""
        self._feed.close()
        self._server.should_exit = True
