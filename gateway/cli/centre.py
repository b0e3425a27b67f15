"""`menshen centre`: the far end of the uplink, with a book of its own."""

import asyncio
import logging
import tomllib
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from devices.mqtt import broker_at
from gateway.centre.app import CLIENT_ID, CentreConfig, read_config, run_until_told
from gateway.cli.broker import PasswordFile
from gateway.config.errors import EXIT_CONFIG, ConfigError


def centre(
    config: Annotated[Path | None, typer.Option("--config", help="centre.toml", dir_okay=False)] = None,
    broker: Annotated[str | None, typer.Option("--broker", help="Without --config: mqtt://[USER@]HOST[:PORT].")] = None,
    book: Annotated[Path | None, typer.Option("--book", help="Without --config: the SQLite file.")] = None,
    password_file: PasswordFile = None,
) -> None:
    """Receive alerts and reports, commit them to the centre's book, acknowledge them. Ends on SIGTERM."""
    try:
        settings = _settings(config, broker, book, password_file)
    except ConfigError as error:
        for line in error.lines:
            typer.echo(f"menshen: {line}", err=True)
        raise typer.Exit(EXIT_CONFIG) from error
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    typer.echo(f"menshen centre: book {settings.book}, broker {settings.broker.name}", err=True)
    asyncio.run(run_until_told(settings))


def _settings(config: Path | None, broker: str | None, book: Path | None, password_file: Path | None) -> CentreConfig:
    if config is None:
        return _from_options(broker, book, password_file)
    if broker is not None or book is not None or password_file is not None:
        raise ConfigError(config, "", "--config stands alone; --broker, --book and --password-file belong in the file")
    try:
        return read_config(config)
    except OSError as error:
        raise ConfigError(config, "", error.strerror or "cannot be read") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(config, "", f"is no TOML: {error}") from error
    except ValidationError as error:
        raise ConfigError.of(config, config.read_text(encoding="utf-8"), error, CentreConfig) from error


def _from_options(broker: str | None, book: Path | None, password_file: Path | None) -> CentreConfig:
    if broker is None or book is None:
        raise ConfigError(Path("menshen centre"), "", "needs --config FILE, or both --broker URL and --book FILE")
    try:
        return CentreConfig(book=book, broker=broker_at(broker, CLIENT_ID, password_file))
    except ValueError as error:
        raise ConfigError(Path("--broker"), "", str(error)) from error
