"""A robot on the LAN: keeps what was posted to it, and answers what it is told to."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Robot:
    status: str = "200 OK"
    answer: bytes = b'{"errcode":0,"errmsg":"ok"}'
    extra: str = ""
    silent: bool = False
    port: int = 0
    targets: list[str] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)

    def url(self, path: str = "/robot", scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(int(line.partition(":")[2]) for line in head.splitlines() if "content-length" in line.lower())
        self.bodies.append(json.loads(await reader.readexactly(length)))
        self.targets.append(head.split(" ")[1])
        self.headers.append(head)
        if not self.silent:
            told = f"HTTP/1.1 {self.status}\r\nContent-Length: {len(self.answer)}\r\n{self.extra}\r\n"
            writer.write(told.encode() + self.answer)
            await writer.drain()
            writer.close()
        else:
            await reader.read()
            writer.close()


@asynccontextmanager
async def standing(robot: Robot, tls: ssl.SSLContext | None = None) -> AsyncIterator[Robot]:
    server = await asyncio.start_server(robot.serve, "127.0.0.1", 0, ssl=tls)
    robot.port = server.sockets[0].getsockname()[1]
    async with server:
        yield robot
