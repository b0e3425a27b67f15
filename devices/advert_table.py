"""Manufacturer or service data of any other band in, its values out, as a table in the settings describes them.

    [devices.tables.acme]
    company = 0x0822            # or: service = 0x181A
    length = 12                 # bytes; other lengths are other messages of the same maker
    celsius = { offset = 6, type = "s16", order = "big", scale = 0.01, lowest = 25.0, highest = 45.0 }
    battery_percent = { offset = 8, type = "u8", lowest = 0, highest = 100 }
    worn = { offset = 9, mask = 0x01 }
    sos = { offset = 9, mask = 0x02 }

`offset` counts from the first byte after the company or service id. A value out of its range is no value.
"""

import struct
from typing import Literal, Self

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field, model_validator

from devices.adverts import BASE_UUID, Advert

_CODES = {"u8": "B", "s8": "b", "u16": "H", "s16": "h", "u32": "I", "s32": "i"}


class Column(BaseModel):
    """A number: (bytes at `offset`, `mask` applied) * scale + add, if it lies in lowest..highest."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    offset: int = Field(ge=0, le=255)
    type: Literal["u8", "s8", "u16", "s16", "u32", "s32"] = "u8"
    order: Literal["little", "big"] = "little"
    mask: int | None = Field(default=None, ge=1)
    scale: float = 1.0
    add: float = 0.0
    lowest: float = float("-inf")
    highest: float = float("inf")

    def read(self, data: bytes) -> float | None:
        code = (">" if self.order == "big" else "<") + _CODES[self.type]
        if self.offset + struct.calcsize(code) > len(data):
            return None
        raw: int = struct.unpack_from(code, data, self.offset)[0]
        value = (raw if self.mask is None else raw & self.mask) * self.scale + self.add
        return value if self.lowest <= value <= self.highest else None


class Flag(BaseModel):
    """A yes or no: any bit of `mask` is set in the byte at `offset`; `invert` where 0 means yes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    offset: int = Field(ge=0, le=255)
    mask: int = Field(default=0xFF, ge=1, le=0xFF)
    invert: bool = False

    def read(self, data: bytes) -> bool | None:
        if self.offset >= len(data):
            return None
        return bool(data[self.offset] & self.mask) != self.invert


class AdvertTable(BaseModel):
    """Where in whose advert the values of a band stand."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    company: int | None = Field(default=None, ge=0, le=0xFFFF)
    service: int | None = Field(default=None, ge=0, le=0xFFFF)
    length: int | None = Field(default=None, ge=1, le=255)
    celsius: Column | None = None
    battery_percent: Column | None = None
    worn: Flag | None = None
    sos: Flag | None = None
    fallen: Flag | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.company is None) == (self.service is None):
            raise ValueError("give either company or service")
        return self

    @property
    def uuid(self) -> str | None:
        return None if self.service is None else BASE_UUID.format(self.service)

    def find(self, advert: Advert) -> bytes | None:
        """The bytes this table speaks of, None if the advert has none of them."""
        if self.company is not None:
            return advert.manufacturer_data.get(self.company)
        return advert.service_data.get(BASE_UUID.format(self.service))


class Row(Struct, frozen=True):
    """What a table read; None where it says nothing, or nothing believable."""

    celsius: float | None = None
    battery_percent: int | None = None
    worn: bool | None = None
    sos: bool = False
    fallen: bool = False


def read(table: AdvertTable, data: bytes) -> Row | None:
    """`data` by the table, None if its length is another message's."""
    if table.length is not None and len(data) != table.length:
        return None
    battery = table.battery_percent.read(data) if table.battery_percent else None
    return Row(
        celsius=table.celsius.read(data) if table.celsius else None,
        battery_percent=None if battery is None else round(battery),
        worn=table.worn.read(data) if table.worn else None,
        sos=bool(table.sos and table.sos.read(data)),
        fallen=bool(table.fallen and table.fallen.read(data)),
    )
