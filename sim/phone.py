"""The address behind the code on the inside of a door in; what a resident's phone sends there, and sees, out.

Written from the page as a browser has it: forms, their hidden fields, nothing else. While the gateway does not answer
it asks again, as people do.
"""

import asyncio
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

PAUSE_SECONDS: Final = 0.5
TIMEOUT_SECONDS: Final = 5.0
HIDDEN: Final = re.compile(r'<input type="hidden" name="(csrf|order)" value="([^"]*)">')
STATE: Final = re.compile(r'data-testid="request" data-state="(\w+)"')


class Phone:
    """`url` is what the code says. No proxy is asked: the page is on the local network."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._browser = build_opener(ProxyHandler({}))

    async def ask(self, purpose: str) -> None:
        """Open the page and press the picture; the same form again if nobody answered."""
        fields = dict(HIDDEN.findall(await self._read("")))
        await self._read("/ask", {"csrf": fields["csrf"], "order": fields["order"], "purpose": purpose, "words": ""})

    async def until(self, state: str) -> None:
        """Look at the page until the newest request is in that state."""
        while True:
            newest = STATE.search(await self._read("/now"))
            if newest is not None and newest[1] == state:
                return
            await asyncio.sleep(PAUSE_SECONDS)

    async def _read(self, leaf: str, form: Mapping[str, str] | None = None) -> str:
        while True:
            try:
                return await asyncio.to_thread(self._fetch, leaf, form)
            except OSError:  # refused, reset, timed out or an answer of 4xx and 5xx: the gateway starts, or is busy
                await asyncio.sleep(PAUSE_SECONDS)

    def _fetch(self, leaf: str, form: Mapping[str, str] | None) -> str:
        there = urlsplit(self._url)
        request = Request(self._url + leaf, headers={"Origin": f"{there.scheme}://{there.netloc}"})  # noqa: S310 - http, ours
        if form is not None:
            request.data = urlencode(form).encode()
        with self._browser.open(request, timeout=TIMEOUT_SECONDS) as answer:
            return str(answer.read().decode())
