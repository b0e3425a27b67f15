"""The [devices.*] section of a `wristband` link in; checked, frozen settings out."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from devices.advert_table import AdvertTable
from devices.adverts import BTHOME, HEALTH_THERMOMETER

BTHOME_FORMAT, HTS_FORMAT = "bthome", "hts"


def address_of(text: str) -> str:
    groups = text.upper().split(":")
    if len(groups) != 6 or any(len(group) != 2 or set(group) - set("0123456789ABCDEF") for group in groups):
        raise ValueError("a Bluetooth address looks like C0:DE:00:00:00:01")
    return ":".join(groups)


def device_of(address: str) -> str:
    """The device id of a band nobody named: band-c0de00000001."""
    return "band-" + address.replace(":", "").lower()


class Band(BaseModel):
    """One band that is known by its address. (A keyed BTHome band needs no line here: its key makes it known.)"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: Annotated[str, AfterValidator(address_of)]
    device: str | None = Field(default=None, min_length=1)
    format: str = BTHOME_FORMAT  # or "hts", or the name of a table
    connect: bool = False  # keep connected for 0x2A1C

    @property
    def device_id(self) -> str:
        return self.device or device_of(self.address)


class Receiving(BaseModel):
    """What every receiver of bands is told, whatever road its adverts take."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bands: tuple[Band, ...] = ()
    tables: dict[str, AdvertTable] = Field(default_factory=dict)
    lowest_celsius: float = 25.0  # below: skin of nobody alive, or a band in a drawer
    highest_celsius: float = 45.0
    unchanged_seconds: float = Field(default=60.0, gt=0)  # without a counter: equal bytes count anew after this
    stale_seconds: float = Field(default=300.0, gt=0)  # how long repeats of one encrypted advert are presence
    forged_window_seconds: float = Field(default=60.0, gt=0)
    most_strangers: int = Field(default=4096, ge=1)  # addresses remembered of devices that are nobody's band
    watchdog_seconds: float = Field(default=90.0, gt=0)  # silence of the whole radio before it is taken for deaf
    buffer: int = Field(default=5_000, ge=2)
    max_batch: int = Field(default=100, ge=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for what, values in (
            ("address", [band.address for band in self.bands]),
            ("device", [band.device_id for band in self.bands]),
        ):
            if len(set(values)) != len(values):
                raise ValueError(f"two bands have the same {what}")
        for name in self.tables:
            if name in (BTHOME_FORMAT, HTS_FORMAT):
                raise ValueError(f'a table cannot be called "{name}"')
        for band in self.bands:
            if band.format not in (BTHOME_FORMAT, HTS_FORMAT, *self.tables):
                raise ValueError(f'{band.address}: no format "{band.format}"; it is bthome, hts or one of tables')
            if band.connect and band.format != HTS_FORMAT:
                raise ValueError(f'{band.address}: connect needs format = "hts"')
        return self

    @property
    def services(self) -> frozenset[str]:
        """UUIDs of service data that may be a band's."""
        used = (self.tables[band.format] for band in self.bands if band.format in self.tables)
        return frozenset({BTHOME, HEALTH_THERMOMETER} | {table.uuid for table in used if table.uuid is not None})

    @property
    def companies(self) -> frozenset[int]:
        """Makers whose data may be a band's."""
        used = (self.tables[band.format] for band in self.bands if band.format in self.tables)
        return frozenset(table.company for table in used if table.company is not None)

    @property
    def addresses(self) -> frozenset[str]:
        """Bands that are heard whatever they say."""
        return frozenset(band.address for band in self.bands)


class Wristbands(Receiving):
    """Settings of the gateway's own radio and the bands it hears."""

    adapter: str | None = Field(default=None, pattern=r"^hci\d+$")  # None: the first one with power
    longest_watchdog_seconds: float = Field(default=3600.0, gt=0)
    max_connections: int = Field(default=3, ge=1, le=16)


class RemoteReceiving(Receiving):
    """Settings of receivers elsewhere: they hear adverts, and hold no connections."""

    @model_validator(mode="after")
    def _connects_to_nobody(self) -> Self:
        for band in self.bands:
            if band.connect:
                raise ValueError(f"{band.address}: connect is for the gateway's own radio (driver wristband)")
        return self
