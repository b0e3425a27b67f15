"""menshen.toml in, one frozen Plan out. Parsed once; each room gets its own section and never the whole.

What is wrong is one readable line with file, line, key and what was meant (gateway/config/errors.py), and exit code 78.
"""

import hashlib
import importlib.util
import pkgutil
import ssl
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from pydantic import BaseModel, ValidationError

import devices
from devices.beside import lying_in
from devices.driver import Driver, UnknownDriver, load
from gateway.calling import Calling
from gateway.compound import DeviceKind, Places, Site
from gateway.config.calling import calling_of
from gateway.config.errors import ConfigError, first_words
from gateway.config.profiles import profiles_of
from gateway.config.rounds import round_rules_of
from gateway.config.sections import Config
from gateway.config.site import site_of
from gateway.config.windows import window_rules_of
from gateway.enact.alerts import is_known
from gateway.events.every import ConfigLoaded
from gateway.limits import Limits
from gateway.passes.keys import read_public_pem
from gateway.profile import Profile
from gateway.rounds import RoundRules
from gateway.services import WindowRules


class LinkPlan(msgspec.Struct, frozen=True):
    """One link to be watched: its driver, loaded, and the driver's settings, checked."""

    name: str
    driver: Driver[Any, Any]
    settings: BaseModel


class Plan(msgspec.Struct, frozen=True):
    """What the house builds itself from."""

    config: Config
    site: Site
    limits: Limits
    links: tuple[LinkPlan, ...]
    profiles: tuple[Profile, ...]
    fingerprint: str
    calling: Calling = Calling()
    window_rules: WindowRules = WindowRules()
    round_rules: RoundRules = RoundRules()

    @property
    def reports(self) -> tuple[str, ...]:
        return self.config.uplink.reports if self.config.uplink else ()

    def loaded(self, now: datetime) -> ConfigLoaded:
        """What the gatekeeper is told of it."""
        return ConfigLoaded(
            at=now,
            heard=now,
            fingerprint=self.fingerprint,
            site=self.site,
            limits=self.limits,
            reports=self.reports,
            profiles=self.profiles,
            profile=self.config.gateway.profile,
            calling=self.calling,
            window_rules=self.window_rules,
            round_rules=self.round_rules,
        )


def load_config(path: Path) -> Plan:
    """Read menshen.toml. Raises ConfigError, whose lines say what is wrong and what was meant."""
    try:
        text = path.read_text("utf-8")
    except OSError as exc:
        raise ConfigError(path, "", exc.strerror or str(exc)) from exc
    except UnicodeDecodeError as exc:
        raise ConfigError(path, "", "is not UTF-8 text") from exc
    try:
        raw = tomllib.loads(text)
    except (
        ValueError,
        RecursionError,
    ) as exc:  # endless brackets, a number of 5,000 digits
        raise ConfigError(path, "", f"is not TOML: {exc}") from exc
    try:
        config = Config.model_validate(raw, context=lying_in(path.parent))
    except ValidationError as exc:
        raise ConfigError.of(path, text, exc, Config) from exc
    return _plan(path, text, config)


def drivers() -> list[str]:
    """The names of what may stand in `driver`."""
    modules = (module.name for module in pkgutil.iter_modules(devices.__path__) if not module.ispkg)
    return [name for name in modules if _declares_a_driver(name)]


def _declares_a_driver(name: str) -> bool:
    """Without importing it: a heavy library loads in the link that needs it."""
    spec = importlib.util.find_spec(f"devices.{name}")
    return spec is not None and spec.origin is not None and "\nDRIVER = Driver(" in Path(spec.origin).read_text("utf-8")


def _must_be_there(path: Path, text: str, config: Config) -> None:
    """Files without which the house would not open, or open and know nobody."""
    named: list[tuple[tuple[str | int, ...], Path]] = [
        (("passes", "roots", index), root) for index, root in enumerate(config.passes.roots)
    ]
    if config.passes.trust is not None:
        named.append((("passes", "trust"), config.passes.trust))
    named += [(("passes", "phone_secrets", index), secret) for index, secret in enumerate(config.passes.phone_secrets)]
    if config.passes.foreign is not None:
        named += [(("passes", "foreign", *place), file) for place, file in config.passes.foreign.files()]
    pages = config.pages
    if pages.cert_file is not None and pages.key_file is not None:
        named += [(("pages", "cert_file"), pages.cert_file), (("pages", "key_file"), pages.key_file)]
    named += [(("reach", index, key), file) for index, each in enumerate(config.reach) for key, file in each.files()]
    for location, file in named:
        if location == ("passes", "trust") and file.exists():
            continue  # what is there and no list is told loudly by the house, which opens and refers every code
        if not file.is_file():
            raise ConfigError.at(path, text, location, f"no file {str(file)!r}")
    for index, root in enumerate(config.passes.roots):
        try:
            read_public_pem(root.read_bytes())
        except (ValueError, OSError) as exc:
            why = f"{str(root)!r} is no public key of a root; `menshen keys` makes one"
            raise ConfigError.at(path, text, ("passes", "roots", index), why) from exc
    if pages.cert_file is not None:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(pages.cert_file, pages.key_file)
        except OSError as exc:  # ssl.SSLError is one
            why = (
                f"{str(pages.cert_file)!r} and {str(pages.key_file)!r} are no certificate and its key ({exc.strerror})"
            )
            raise ConfigError.at(path, text, ("pages", "cert_file"), why) from exc


def _reach_names_once(path: Path, text: str, config: Config) -> None:
    names = [each.name for each in config.reach]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise ConfigError.at(path, text, ("reach", index, "name"), f"{name!r} is there twice")


def _calls_known(path: Path, text: str, config: Config, site: Site) -> None:
    """Responders answer for places there are, a siren hangs on an output there is, a channel is for known ones."""
    places = Places(site)
    ids = [each.id for each in config.responders]
    for index, each in enumerate(config.responders):
        for place in each.places:
            if not is_known(place, places):
                raise ConfigError.at(path, text, ("responders", index, "places"), f"no place {place!r}")
    for index, siren in enumerate(config.sirens):
        device = places.devices.get(siren.output)
        if device is None or device.kind is not DeviceKind.OUTPUT:
            raise ConfigError.at(path, text, ("sirens", index, "output"), f"no output device {siren.output!r}")
    for index, reach in enumerate(config.reach):
        for who in reach.responders:
            if who not in ids:
                why = f"no responder {who!r}; {first_words(who, ids)}"
                raise ConfigError.at(path, text, ("reach", index, "responders"), why)


def _plan(path: Path, text: str, config: Config) -> Plan:
    site = site_of(path, text, config)
    _must_be_there(path, text, config)
    links = []
    for index, link in enumerate(config.links):
        try:
            driver = load(link.driver)
        except UnknownDriver as exc:
            why = f"no driver {exc.name!r} in devices/; {first_words(exc.name, drivers())}"
            raise ConfigError.at(path, text, ("links", index, "driver"), why) from exc
        try:
            settings = driver.settings.model_validate(link.settings, context=lying_in(path.parent))
        except ValidationError as exc:
            raise ConfigError.of(path, text, exc, driver.settings, under=("links", index, "settings")) from exc
        links.append(LinkPlan(name=link.name, driver=driver, settings=settings))
    limits = Limits(**config.limits.model_dump())
    profiles = profiles_of(config.profiles)
    named = [profile.name for profile in profiles]
    if (chosen := config.gateway.profile) not in named:
        why = f"no profile {chosen!r}; {first_words(chosen, named)}"
        raise ConfigError.at(path, text, ("gateway", "profile"), why)
    reports = config.uplink.reports if config.uplink else ()
    calling = calling_of(config.responders, config.sirens)
    _calls_known(path, text, config, site)
    window_rules = window_rules_of(config.windows)
    round_rules = round_rules_of(config.rounds)
    told = msgspec.json.encode([calling, site, limits, reports, profiles, chosen, window_rules, round_rules])
    _reach_names_once(path, text, config)
    return Plan(
        config=config,
        site=site,
        limits=limits,
        links=tuple(links),
        profiles=profiles,
        window_rules=window_rules,
        round_rules=round_rules,
        fingerprint=hashlib.sha256(told).hexdigest(),
        calling=calling,
    )
