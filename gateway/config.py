"""menshen.toml in, one frozen Plan out. Parsed once; each room gets its own section and never the whole.

What is wrong is one readable line with file, line, key and what was meant (gateway/config_errors.py), and exit code 78.
"""

import hashlib
import tomllib
from pathlib import Path
from typing import Any

import msgspec
from pydantic import BaseModel, ValidationError

from devices.driver import Driver, UnknownDriver, load
from gateway.compound import Site
from gateway.config_errors import ConfigError
from gateway.config_sections import Config
from gateway.config_site import site_of
from gateway.limits import Limits


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
    fingerprint: str

    @property
    def reports(self) -> tuple[str, ...]:
        return self.config.uplink.reports if self.config.uplink else ()


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
    except tomllib.TOMLDecodeError as exc:
        raise ConfigError(path, "", f"is not TOML: {exc}") from exc
    try:
        config = Config.model_validate(raw)
    except ValidationError as exc:
        raise ConfigError.of(path, text, exc, Config) from exc
    return _plan(path, text, config)


def _plan(path: Path, text: str, config: Config) -> Plan:
    site = site_of(path, config)
    links = []
    for index, link in enumerate(config.links):
        try:
            driver = load(link.driver)
        except UnknownDriver as exc:
            raise ConfigError(path, f"links[{index}].driver", f"no driver {exc.name!r} in devices/") from exc
        try:
            settings = driver.settings.model_validate(link.settings)
        except ValidationError as exc:
            raise ConfigError.of(path, text, exc, driver.settings, under=("links", index, "settings")) from exc
        links.append(LinkPlan(name=link.name, driver=driver, settings=settings))
    limits = msgspec.convert(config.limits, Limits, strict=False)
    told = msgspec.json.encode([site, limits, config.uplink.reports if config.uplink else ()])
    return Plan(
        config=config,
        site=site,
        limits=limits,
        links=tuple(links),
        fingerprint=hashlib.sha256(told).hexdigest(),
    )
