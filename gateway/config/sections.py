"""The sections of menshen.toml as pydantic models. No unknown key on any level."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from devices.beside import Beside
from devices.mqtt.settings import Broker
from gateway.compound import DeviceKind, Direction, ExitKind
from gateway.config.calling import ResponderSection, SirenSection
from gateway.config.foreign import ForeignSection
from gateway.config.homes import HomesSection
from gateway.config.limits import LimitsSection
from gateway.config.profiles import ProfileSection
from gateway.config.reach import ReachSection
from gateway.config.retention import RetentionSection
from gateway.config.rounds import RoundsSection
from gateway.config.windows import WindowsSection
from gateway.profile import ORDINARY

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")]
Name = Annotated[str, Field(min_length=1, max_length=80)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GatewaySection(Section):
    id: Id
    data: Beside = Field(default=Path("/var/lib/menshen"), description="journal, registry and secrets live here")
    profile: Id = Field(default=ORDINARY, description="what the lanes ask for until an order chooses another")
    inbox: int = Field(default=2000, ge=10, le=100_000, description="readings that may wait; as many adverts too")


class StreetSection(Section):
    id: Id
    name: Name


class LaneSection(Section):
    id: Id
    name: Name
    direction: Direction
    output: str = Field(default="", description="the device whose output opens the barrier")
    open_seconds: float = Field(default=5.0, gt=0, le=300)


class GateSection(Section):
    id: Id
    name: Name
    number: int = Field(ge=1, le=32, description="its place in the gates of a pass")
    lanes: tuple[LaneSection, ...] = Field(min_length=1)


class BuildingSection(Section):
    """Flats are named 1-502: unit, floor and flat. `flats` names them one by one where they follow no rule."""

    id: Id
    name: Name
    units: int = Field(default=1, ge=1, le=20)
    floors: int = Field(default=0, ge=0, le=100)
    flats_per_floor: int = Field(default=0, ge=0, le=50)
    flats: tuple[Id, ...] = ()

    @model_validator(mode="after")
    def _has_flats(self) -> Self:
        if not self.flats and not (self.floors and self.flats_per_floor):
            raise ValueError("a building needs floors and flats_per_floor, or flats")
        return self


class ExitSection(Section):
    """A door that is to stay shut; a door device with this place watches it."""

    id: Id
    name: Name
    kind: ExitKind


class CompoundSection(Section):
    id: Id
    name: Name
    timezone: str = "Asia/Shanghai"
    gates: tuple[GateSection, ...] = Field(min_length=1)
    buildings: tuple[BuildingSection, ...] = ()
    exits: tuple[ExitSection, ...] = Field(default=(), description="fire exits and sealed gates")

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
            raise ValueError('no such time zone; write for instance "Asia/Shanghai"') from exc
        return value


class LinkSection(Section):
    """A cable, camera, radio or broker. `settings` are the driver's own."""

    name: Id
    driver: str
    lane: str = Field(default="", description="compound/gate/lane, for a camera or scanner that stands at one")
    place: str = Field(default="", description="of a radio: the flat, unit, building, gate or lane where it stands")
    settings: dict[str, Any] = {}


class DeviceSection(Section):
    """What speaks on a link and where it stands: `place` is compound/building-unit-flat, compound/gate/lane, or
    compound/exit."""

    id: str = Field(min_length=1, max_length=80)
    kind: DeviceKind
    link: str
    place: str = ""
    model: str = Field(default="", max_length=63, description="its limit of silence: see [models]")


class ModelSection(Section):
    """A model of device this house knows, or knows otherwise than gateway/models.py does."""

    silent_seconds: float = Field(ge=0, le=1e7, description="so long it may say nothing; 0: its silence means nothing")


class UplinkSection(Section):
    broker: Broker
    confirm: Literal["centre", "broker"] = "centre"
    reports: tuple[Literal["decisions", "stays", "services", "tasks", "rounds", "notes"], ...] = ()


class PagesSection(Section):
    host: str = "127.0.0.1"
    port: int = Field(default=8443, ge=0, le=65535)
    cert_file: Beside | None = None
    key_file: Beside | None = None
    tls: bool = Field(default=False, description="HTTPS by the gateway's own authority, made at the first start")
    shift_hours: float = Field(default=12.0, gt=0, le=72)
    idle_minutes: float = Field(default=60.0, gt=0, le=4320, description="unused so long, a log-in ends; not at a gate")
    names: tuple[str, ...] = Field(
        default=(), description="what the pages are called in addresses; none: numbers, .local and the like"
    )

    @model_validator(mode="after")
    def _belong_together(self) -> Self:
        if bool(self.cert_file) != bool(self.key_file):
            raise ValueError("cert_file and key_file belong together")
        if self.tls and self.cert_file is not None:
            raise ValueError("either tls or cert_file and key_file")
        if self.tls and not self.names:
            raise ValueError("tls needs names: what the pages are called in addresses")
        return self


class PassesSection(Section):
    roots: tuple[Beside, ...] = Field(default=(), description="public keys of the root, one file each")
    trust: Beside | None = Field(default=None, description="the signed trust list that came with the installation")
    phone_secrets: tuple[Beside, ...] = Field(default=(), description="for phones' codes, made by `menshen keys phone`")
    foreign: ForeignSection | None = Field(default=None, description="health credentials; left out, none are read")


class JournalSection(Section):
    max_megabytes: int = Field(default=2048, ge=8)
    keep_days: int | None = Field(
        default=None, ge=1, le=3650, description="no longer than this, whatever [retention] says"
    )
    snapshot_every: int = Field(default=5000, ge=100, le=1_000_000)


class Config(Section):
    """All of menshen.toml."""

    gateway: GatewaySection
    street: StreetSection
    compounds: tuple[CompoundSection, ...] = Field(min_length=1)
    links: tuple[LinkSection, ...] = ()
    devices: tuple[DeviceSection, ...] = ()
    devices_file: Beside | None = Field(default=None, description="more devices: CSV with id,kind,link,place")
    expected_receivers: dict[str, tuple[str, ...]] = Field(
        default={}, description="flat, unit or building = the radios that hear its bands; left out, the nearest do"
    )
    uplink: UplinkSection | None = None
    rounds: RoundsSection = RoundsSection()
    responders: tuple[ResponderSection, ...] = Field(default=(), max_length=500, description="who is called, by role")
    sirens: tuple[SirenSection, ...] = Field(default=(), max_length=16)
    reach: tuple[ReachSection, ...] = Field(default=(), max_length=16, description="in the order of trying")
    pages: PagesSection = PagesSection()
    passes: PassesSection = PassesSection()
    journal: JournalSection = JournalSection()
    retention: RetentionSection = RetentionSection()
    homes: HomesSection = HomesSection()
    limits: LimitsSection = LimitsSection()
    windows: WindowsSection = WindowsSection()
    models: dict[Id, ModelSection] = {}
    profiles: dict[Id, ProfileSection] = {}
