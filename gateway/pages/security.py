"""Requests in, the same requests out if they are small, from our own pages and not too many; headers on every answer.

One ASGI middleware before everything else. Nothing here knows what a page is about.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.pages.homes.uploads import MOST_UPLOAD_BYTES, UPLOADS
from gateway.pages.own_names import is_ours
from gateway.pages.staff.lockout import Allowance

MOST_BODY_BYTES = 24 * 1024  # a code of 7,089 signs, each written as three; any other form has a dozen short fields
MOST_PHOTO_BYTES = 2 * 1024 * 1024
PHOTOS = "/guard/photo"  # with gateway/pages/homes/uploads.py the addresses that take more than a form
MOST_HEAD_BYTES = 16 * 1024  # h11 holds only heads that come in pieces to a size
MOST_ADDRESS_BYTES = 16 * 1024  # a question typed in Chinese is nine signs to a letter
BODY_SECONDS = 10.0  # for all of it: somebody who sends a form byte by byte keeps a place from everybody else
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",  # the reader of codes is WebAssembly; JavaScript's eval stays shut
        "style-src 'self'",
        "img-src 'self' data:",  # Pico draws its check marks and arrows as data: images
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
NOT_OURS = """421 not a name of this gateway
这不是本网关的名称：请用数字地址打开，或在 menshen.toml 的 [pages] names 中写上这个名称
Call it by its address in numbers, or write this name into names under [pages] in menshen.toml
"""
HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(self), microphone=(), geolocation=()"),
)


class Doorman:
    """See the module. `hosts` are the names the pages answer to; empty: see gateway/pages/own_names.py."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = (), body_seconds: float = BODY_SECONDS) -> None:
        self._app = app
        self._body_seconds = body_seconds
        self._hosts = frozenset(host.lower() for host in hosts)
        self._allowance = Allowance(burst=300, per_second=50)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in HEADERS:
                    answer[name] = value
                answer.setdefault("Cache-Control", "no-store")
            await send(message)

        if (refusal := self._refusal(scope, headers)) is not None:
            await refusal(scope, receive, send_with_headers)
            return
        with suppress(ClientDisconnect):  # hung up on in the middle of its own form: there is nobody to answer
            await self._app(scope, _limited(receive, self._body_seconds, _most_bytes(scope)), send_with_headers)

    def _refusal(self, scope: Scope, headers: Headers) -> PlainTextResponse | None:
        client = scope["client"][0] if scope.get("client") else ""
        if not self._allowance.take(client, asyncio.get_running_loop().time()):
            return PlainTextResponse("429 too many requests\n", 429, headers={"Retry-After": "2"})
        if (crooked := _crooked(scope, headers)) is not None:
            return crooked
        host = headers.get("host", "")
        if not is_ours(_host_of(f"//{host}"), self._hosts):
            return PlainTextResponse(NOT_OURS, 421)
        if scope["method"] in SAFE_METHODS:
            return None
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > _most_bytes(scope):
            return PlainTextResponse("413 too large\n", 413, headers={"Connection": "close"})
        if not _from_our_pages(headers, host):
            return PlainTextResponse("403 not from a page of this gateway\n", 403)
        return None


def _crooked(scope: Scope, headers: Headers) -> PlainTextResponse | None:
    """A head no browser of ours sends. The connection ends with it: what follows may be meant for somebody else."""
    closing = {"Connection": "close"}
    if len(scope.get("raw_path") or b"") + len(scope.get("query_string", b"")) > MOST_ADDRESS_BYTES:
        return PlainTextResponse("414 the address is too long\n", 414, headers=closing)
    if sum(len(name) + len(value) for name, value in headers.raw) > MOST_HEAD_BYTES:
        return PlainTextResponse("431 too many headers\n", 431, headers=closing)
    if "content-length" in headers and "transfer-encoding" in headers:  # RFC 9112, section 6.1: smuggling
        return PlainTextResponse("400 two lengths\n", 400, headers=closing)
    return None


def _from_our_pages(headers: Headers, host: str) -> bool:
    """Fetch standard, section 3.1: a browser tells the origin of every POST; who tells none is not one of our pages."""
    said = headers.get("origin") or headers.get("referer") or ""
    return bool(host) and _host_of(said) == host.lower()


def _host_of(address: str) -> str:
    """Name and port of an address; empty where it has none, or is none."""
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""


def _most_bytes(scope: Scope) -> int:
    if scope["path"] in UPLOADS:
        return MOST_UPLOAD_BYTES
    return MOST_PHOTO_BYTES if scope["path"] == PHOTOS else MOST_BODY_BYTES


def _limited(receive: Receive, seconds: float, most: int) -> Receive:
    """The same body, refused as soon as it is longer than a form can be (a chunked one tells no length), or too slow.

    Once it is whole, what is waited for is the end of the connection, and that may take a shift.
    """
    loop = asyncio.get_running_loop()
    until, seen, whole = loop.time() + seconds, 0, False

    async def limited() -> Message:
        nonlocal seen, whole
        if whole:
            return await receive()
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408, headers={"Connection": "close"}) from None
        if message["type"] == "http.request":
            whole = not message.get("more_body", False)
            seen += len(message.get("body", b""))
            if seen > most:
                raise HTTPException(413)
        return message

    return limited
