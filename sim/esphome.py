"""A simulated ESP32 with ESPHome's Bluetooth proxy: adverts heard in, the native API's words to its client out.

Its own framing and handshake, written from ESPHome's description and not taken from the client, so that a mistake there
is not repeated here; the messages are the client's protobuf.

    plain      00 | length (varint) | type (varint) | message
    encrypted  01 | length (2, big endian) | frame; Noise_NNpsk0_25519_ChaChaPoly_SHA256, prologue "NoiseAPIInit" 00 00
               hello 01 name 00 mac 00; handshake 00 ...; then of each frame: type (2) | length (2) | message
"""

import asyncio
import base64
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aioesphomeapi import api_pb2
from cryptography.exceptions import InvalidTag
from noise.connection import NoiseConnection  # type: ignore[import-untyped]  # it brings no types

HELLO, HELLO_BACK, GOODBYE, GOODBYE_BACK, PING, PING_BACK, ABOUT, ABOUT_BACK = 1, 2, 5, 6, 7, 8, 9, 10
SUBSCRIBE, UNSUBSCRIBE, ADVERTISEMENTS = 66, 87, 93
MESSAGES: Any = api_pb2  # protobuf makes its classes at run time
SERVICE_16, MAKER = 0x16, 0xFF


def structures(service_data: Mapping[str, bytes], manufacturer_data: Mapping[int, bytes] = {}) -> bytes:
    """An advertisement's raw bytes: flags, then these."""
    parts = [b"\x02\x01\x06"]
    for uuid, data in service_data.items():
        parts.append(_structure(SERVICE_16, bytes.fromhex(uuid[4:8])[::-1] + data))
    for company, data in manufacturer_data.items():
        parts.append(_structure(MAKER, company.to_bytes(2, "little") + data))
    return b"".join(parts)


def _structure(kind: int, data: bytes) -> bytes:
    return bytes((len(data) + 1, kind)) + data


class WrongMark(Exception):
    """The client speaks the other of the two forms."""


class WrongKey(Exception):
    """The client speaks the encrypted form, and cannot know the key."""


@dataclass(frozen=True)
class Air:
    """One advertisement as the ESP32 heard it."""

    address: str
    rssi: int
    raw: bytes


@dataclass(eq=False)
class _Client:
    writer: asyncio.StreamWriter
    noise: Any = None
    subscribed: bool = False

    def say(self, kind: int, message: Any) -> None:
        body = message.SerializeToString()
        if self.noise is None:
            self.writer.write(b"\x00" + _varint(len(body)) + _varint(kind) + body)
            return
        sealed = self.noise.encrypt(kind.to_bytes(2, "big") + len(body).to_bytes(2, "big") + body)
        self.writer.write(b"\x01" + len(sealed).to_bytes(2, "big") + sealed)


@dataclass(eq=False)
class EsphomeProxy:
    """One ESP32. `key`: 32 bytes, or none where its yaml has no `encryption`."""

    name: str = "proxy-1"
    key: bytes = b""
    port: int = 0
    deaf: bool = False  # it answers, and hears nothing
    mute: bool = False  # it answers nothing at all, pings neither
    subscriptions: int = 0
    _clients: set[_Client] = field(default_factory=set)
    _subscribed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def psk(self) -> str:
        """The key as it stands in its yaml."""
        return base64.b64encode(self.key).decode("ascii")

    @property
    def clients(self) -> int:
        return len(self._clients)

    @asynccontextmanager
    async def powered(self) -> AsyncIterator["EsphomeProxy"]:
        """Plugged in: it listens on 127.0.0.1 and keeps its port when it is plugged in again."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for client in list(self._clients):
                client.writer.transport.abort()
            self._clients.clear()
            self._subscribed.clear()

    @property
    def subscribed(self) -> bool:
        """Is there somebody who wants what it hears?"""
        return any(client.subscribed for client in self._clients)

    async def until_subscribed(self) -> None:
        await self._subscribed.wait()

    def hear(self, heard: Iterable[Air]) -> None:
        """Forward it to every client that asked, 16 in a batch."""
        batch = list(heard)
        if self.deaf:
            return
        for start in range(0, len(batch), 16):
            message = MESSAGES.BluetoothLERawAdvertisementsResponse()
            for each in batch[start : start + 16]:
                number = int(each.address.replace(":", ""), 16)
                message.advertisements.add(address=number, rssi=each.rssi, address_type=1, data=each.raw)
            for client in self._clients:
                if client.subscribed:
                    client.say(ADVERTISEMENTS, message)

    async def drained(self) -> None:
        """What was said has left this process."""
        for client in list(self._clients):
            await client.writer.drain()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = _Client(writer)
        self._clients.add(client)
        try:
            if self.key:
                client.noise = await self._shake(reader, writer)
            while True:
                kind, body = await (_read_sealed(reader, client.noise) if self.key else _read_plain(reader))
                if not self.mute:
                    self._answer(client, kind, body)
        except WrongMark:  # as the real one says it, in the form of its own protocol
            writer.write(b"\x01\x00\x13\x01Bad indicator byte" if self.key else b"\x00Bad indicator byte")
        except (asyncio.IncompleteReadError, ConnectionError, WrongKey):
            pass  # the client left
        finally:
            self._clients.discard(client)
            writer.close()

    def _answer(self, client: _Client, kind: int, body: bytes) -> None:
        if kind == HELLO:
            said = MESSAGES.HelloResponse(api_version_major=1, api_version_minor=10, server_info="sim", name=self.name)
            client.say(HELLO_BACK, said)
        elif kind == ABOUT:
            client.say(ABOUT_BACK, MESSAGES.DeviceInfoResponse(name=self.name, bluetooth_proxy_feature_flags=0x21))
        elif kind == PING:
            client.say(PING_BACK, MESSAGES.PingResponse())
        elif kind == GOODBYE:
            client.say(GOODBYE_BACK, MESSAGES.DisconnectResponse())
        elif kind == SUBSCRIBE:
            client.subscribed = bool(MESSAGES.SubscribeBluetoothLEAdvertisementsRequest.FromString(body).flags & 1)
            self.subscriptions += 1
            self._subscribed.set()
        elif kind == UNSUBSCRIBE:
            client.subscribed = False

    async def _shake(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Any:
        noise: Any = NoiseConnection.from_name(b"Noise_NNpsk0_25519_ChaChaPoly_SHA256")
        noise.set_as_responder()
        noise.set_psks(self.key)
        noise.set_prologue(b"NoiseAPIInit\x00\x00")
        noise.start_handshake()
        await _read_frame(reader)  # its hello: empty
        _write_frame(writer, b"\x01" + self.name.encode() + b"\x00" + b"c0de00000099" + b"\x00")
        try:
            noise.read_message((await _read_frame(reader))[1:])
        except InvalidTag:
            _write_frame(writer, b"\x01Handshake MAC failure")
            await writer.drain()
            raise WrongKey from None
        _write_frame(writer, b"\x00" + bytes(noise.write_message()))
        return noise


async def _read_frame(reader: asyncio.StreamReader) -> bytes:
    mark, *length = await reader.readexactly(3)
    if mark != 1:
        raise WrongMark
    return await reader.readexactly(int.from_bytes(bytes(length), "big"))


async def _read_sealed(reader: asyncio.StreamReader, noise: Any) -> tuple[int, bytes]:
    opened = bytes(noise.decrypt(await _read_frame(reader)))
    return int.from_bytes(opened[:2], "big"), opened[4:]


async def _read_plain(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    if await reader.readexactly(1) != b"\x00":
        raise WrongMark
    length, kind = await _read_varint(reader), await _read_varint(reader)
    return kind, await reader.readexactly(length)


async def _read_varint(reader: asyncio.StreamReader) -> int:
    value = shift = 0
    while True:
        [byte] = await reader.readexactly(1)
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value
        shift += 7


def _write_frame(writer: asyncio.StreamWriter, frame: bytes) -> None:
    writer.write(b"\x01" + len(frame).to_bytes(2, "big") + frame)


def _varint(value: int) -> bytes:
    said = bytearray()
    while value >= 0x80:
        said.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*said, value))
