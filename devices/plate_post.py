"""What cameras that read number plates post over HTTP in, PlateSeen out.

    POST /plates   {"AlarmInfoPlate": {"serialno": "...", "result": {"PlateResult": {"license": "鲁VF0050", ...}}}}

The same JSON that devices/plate_reader.py reads from a broker, and the same ways to say where another maker's stands.
Source: Vision Zenith (臻识) and its many resellers, "车牌识别一体机数据传输协议, 一 HTTP 推送". The camera is told this
gateway's address, port and path; the gateway is told the camera's address, and listens to no other. What it opens by
itself on a good answer is to be switched off in it: here the answer is always {}.
"""

from contextlib import AbstractAsyncContextManager
from typing import Annotated, Final

from pydantic import Field, IPvAnyAddress

from devices.driver import Driver, Link
from devices.links.broker import Heard
from devices.links.http_post import http_post_link
from devices.plate_reader import LARGEST, PlateForm, PlateReaderDecoder

PORT: Final = 8081


class PlatePostSettings(PlateForm):
    """`[links.<name>]` with `driver = "plate_post"`."""

    cameras: tuple[IPvAnyAddress, ...] = Field(min_length=1, description="addresses that may post")
    host: str = Field(default="0.0.0.0", description="the gateway's own address in the cameras' network")  # noqa: S104 - only named cameras are listened to
    port: Annotated[int, Field(ge=0, le=65535)] = PORT
    path: str = Field(default="/plates", pattern=r"^/[!-~]*$")


def open_link(settings: PlatePostSettings) -> AbstractAsyncContextManager[Link[Heard]]:
    cameras = [str(address) for address in settings.cameras]
    return http_post_link(settings.host, settings.port, settings.path, cameras, LARGEST)


DRIVER = Driver(PlatePostSettings, open_link, PlateReaderDecoder)
