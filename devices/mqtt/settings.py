"""A section of a configuration file, or a URL, in; the settings of one broker link out."""

from pathlib import Path
from typing import Literal, Self
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from devices.beside import Beside


class Broker(BaseModel):
    """Where the broker is, who we are to it, and how patient we are."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=1883, ge=1, le=65535)
    client_id: str = Field(min_length=1, max_length=200)
    username: str | None = None
    password_file: Beside | None = Field(
        default=None, description="first line is the password or token; read anew each time"
    )
    tls: bool = Field(default=False, description="TLS with the system's authorities; any of the three files implies it")
    ca_file: Beside | None = None
    cert_file: Beside | None = None
    key_file: Beside | None = None
    protocol: Literal["5", "3.1.1"] = "5"
    prefix: str = Field(default="", description='put before every topic, for instance "city/pudong/"')
    keepalive_seconds: int = Field(default=15, ge=1, le=3600)
    answer_seconds: float = Field(default=15.0, gt=0, description="no answer for so long and the link counts as frozen")
    session_seconds: int = Field(
        default=86400, ge=0, description="how long the broker keeps things for us; 0 = not at all"
    )
    window: int = Field(default=100, ge=1, le=65535, description="most publishes in flight; the broker may allow fewer")
    receive_maximum: int = Field(default=1000, ge=1, le=65535, description="most deliveries in flight to us (MQTT 5)")
    largest_packet: int = Field(default=1_000_000, ge=1000, description="bytes; the broker drops larger ones (MQTT 5)")
    retry_floor_seconds: float = Field(default=1.0, gt=0)
    retry_ceiling_seconds: float = Field(default=30.0, gt=0)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.password_file and not self.username:
            raise ValueError("password_file is set, so username must be set too")
        if bool(self.cert_file) != bool(self.key_file):
            raise ValueError("cert_file and key_file belong together")
        if set("+#\x00") & set(self.prefix):
            raise ValueError("prefix may not contain + or #")
        return self

    @property
    def secure(self) -> bool:
        return bool(self.tls or self.ca_file or self.cert_file)

    @property
    def name(self) -> str:
        """How log lines call this link; never with a password in it."""
        return f"{self.client_id}@{self.host}:{self.port}"


def broker_at(url: str, client_id: str, password_file: Path | None = None) -> Broker:
    """`mqtt://[user@]host[:port][/prefix]`, or `mqtts://` for TLS. Raises ValueError with what was meant.

    A password in a URL ends up in shell histories and process lists, so none is taken there.
    """
    parts = urlsplit(url if "://" in url else f"mqtt://{url}")
    if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
        raise ValueError(f"{parts.scheme}://... is no broker address; write mqtt://HOST:PORT or mqtts://HOST:PORT")
    if parts.password is not None:
        raise ValueError("a password does not belong in a URL; write it to a file and name that")
    tls = parts.scheme == "mqtts"
    return Broker(
        host=parts.hostname,
        port=parts.port or (8883 if tls else 1883),
        client_id=client_id,
        username=unquote(parts.username) if parts.username else None,
        password_file=password_file,
        tls=tls,
        prefix=parts.path.lstrip("/"),
    )
