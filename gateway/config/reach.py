"""`[[reach]]` of menshen.toml: how a phone is reached while no page is open, in the order in which it is tried."""

from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from devices.beside import Beside

AlertSeverity = Literal["critical", "high", "medium", "low"]
AlertRole = Literal["guard", "installer", "duty_officer", "chief"]


class _ReachSection(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")
    severities: tuple[AlertSeverity, ...] = Field(default=("critical", "high"), min_length=1)
    roles: tuple[AlertRole, ...] = Field(
        default=("duty_officer",), min_length=1, description="whose alerts: those that such a person sees on the pages"
    )
    responders: tuple[str, ...] = Field(
        default=(), max_length=500, description="only alerts that one of these is called for; none: all alerts"
    )
    wait_seconds: float = Field(
        default=120.0, ge=1, le=86_400, description="once told here, so long until the next one is tried"
    )


class WebhookReach(_ReachSection):
    kind: Literal["webhook"]
    format: Literal["wecom", "dingtalk", "generic"] = "generic"
    url: str = Field(default="", description="whole address; anybody who has that of a robot can write to its group")
    url_file: Beside | None = Field(
        default=None, description="a file with the address in its first line, instead of url"
    )
    secret_file: Beside | None = Field(default=None, description="DingTalk's SEC..., in the file's first line")
    ca_file: Beside | None = Field(default=None, description="authorities for TLS; left out, the system's own")
    timeout_seconds: float = Field(default=10.0, ge=1, le=60)

    @field_validator("url")
    @classmethod
    def _can_be_called(cls, value: str) -> str:
        return web_address(value) if value else value

    @model_validator(mode="after")
    def _belong_together(self) -> Self:
        if bool(self.url) == bool(self.url_file):
            raise ValueError("give url or url_file, one of them")
        if self.secret_file and self.format != "dingtalk":
            raise ValueError("secret_file is for DingTalk")
        return self

    def files(self) -> Iterator[tuple[str, Path]]:
        named = {"url_file": self.url_file, "secret_file": self.secret_file, "ca_file": self.ca_file}
        yield from ((key, file) for key, file in named.items() if file is not None)


class SmsReach(_ReachSection):
    kind: Literal["sms"]
    port: str = Field(min_length=1, description="the modem's serial port, by its /dev/serial/by-id or by-path name")
    baud: int = Field(default=115_200, ge=1200, le=4_000_000)
    numbers_file: Beside = Field(description="one telephone number in a line; nobody else may read it")
    most_per_hour: int = Field(default=20, ge=1, le=1000, description="short messages; each part of a long one counts")

    def files(self) -> Iterator[tuple[str, Path]]:
        yield "numbers_file", self.numbers_file


ReachSection = Annotated[WebhookReach | SmsReach, Field(discriminator="kind")]


def web_address(value: str) -> str:
    """An address that may be called, as it came. Raises ValueError.

    Plain http only on this machine or to a private address in numbers: outside the alert and the robot's key would
    travel in the open.
    """
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError as exc:
        raise ValueError("not a web address") from exc
    if parts.scheme not in ("https", "http") or not host or parts.username is not None or parts.fragment:
        raise ValueError("not a web address; write https://host/path")
    if not value.isascii() or any(letter.isspace() or not letter.isprintable() for letter in value):
        raise ValueError("a web address has no blanks and no letters beyond ASCII")
    if parts.scheme == "http" and not _is_near(host):
        raise ValueError("http without TLS is only for a private address in numbers; write https://")
    return value


def _is_near(host: str) -> bool:
    try:
        return ip_address(host).is_private
    except ValueError:
        return False
