"""A message in, a POST to the robot of a group (WeCom, DingTalk) or to any address of the settings out."""

import ssl
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from gateway.config.reach import WebhookReach, web_address
from gateway.reach.channels import Message, NotCarried, read_secret_lines
from gateway.reach.payloads import payload, refusal, signed
from gateway.reach.post import PostFailed, post


class Webhook:
    """`now`: the house's hour, for DingTalk's signature; a clock that is wrong by an hour is refused there."""

    def __init__(self, section: WebhookReach, now: Callable[[], datetime]) -> None:
        self._section = section
        self._now = now
        self._tls: ssl.SSLContext | None = None

    async def carry(self, message: Message) -> None:
        """Raises NotCarried."""
        section = self._section
        url = self._address()
        try:
            tls = self._trusted() if url.startswith("https") else None
            body = payload(section.format, message)
            status, answer = await post(url, body, seconds=section.timeout_seconds, tls=tls)
        except PostFailed as exc:
            raise NotCarried(exc.why) from exc
        if why := refusal(section.format, status, answer):
            raise NotCarried(why)

    def _address(self) -> str:
        section = self._section
        url = section.url
        if section.url_file is not None:
            try:
                url = web_address(_first_line(section.url_file))
            except ValueError as exc:
                raise NotCarried(f"{section.url_file}: {exc}") from exc
        if section.secret_file is not None:
            url = signed(url, _first_line(section.secret_file), self._now())
        return url

    def _trusted(self) -> ssl.SSLContext:
        """Read once: the authorities of the system are a few hundred."""
        if self._tls is None:
            try:
                self._tls = ssl.create_default_context(cafile=self._section.ca_file)
            except OSError as exc:  # ssl.SSLError is one
                raise NotCarried(f"{self._section.ca_file}: no certificates of an authority") from exc
        return self._tls


def _first_line(path: Path) -> str:
    lines = read_secret_lines(path)
    if not lines:
        raise NotCarried(f"{path}: is empty")
    return lines[0]
