"""An empty folder and a site in; all that an installer does before a first start out, by the usual commands."""

import json
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from devices.mqtt import Broker
from gateway.cli import demo_files as files
from gateway.cli.demo_processes import command

MENSHEN: Final = (sys.executable, "-m", "gateway")


async def make_keys(folder: Path, compound: str) -> Path:
    """Root key, issuing keys, trust list."""
    keys = folder / "keys"
    await command(*MENSHEN, "keys", "init", "--dir", str(keys), "--compound", compound)
    return keys


def configure(folder: Path, gw: str, broker: Broker, port: int, site: files.Site) -> Path:
    """menshen.toml and centre.toml."""
    reached = broker.model_dump(include={"host", "port", "username", "tls", "prefix"}, exclude_none=True)
    files.write_centre_config(folder, reached)
    return files.write_config(folder, gw, reached, port, site)


async def enrol(config: Path, band_keys: Mapping[str, bytes]) -> list[files.Member]:
    """Wristbands with their keys, staff with fresh PINs."""
    where = ("--config", str(config))
    await command(*MENSHEN, "devices", "import", *where, str(files.write_band_keys(config.parent, band_keys)))
    staff = files.new_staff()
    for member in staff:
        who = ("--id", member.id, "--name", member.name, "--role", member.role, "--pin-file", "-")
        await command(*MENSHEN, "staff", "add", *where, *who, told=member.pin + "\n")
    return staff


async def door_codes(config: Path, address: str) -> dict[str, str]:
    """Flat -> what the code on the inside of its door says."""
    said = await command(*MENSHEN, "window", "codes", "--config", str(config), "--address", address, "--json")
    lines = [json.loads(line) for line in said.splitlines()]
    return {line["flat"]: line["url"] for line in lines}


def free_port(wanted: int) -> int:
    """That port, or another that is free where it is taken."""
    for port in (wanted, 0):
        try:
            with socket.create_server(("127.0.0.1", port)) as probe:
                return int(probe.getsockname()[1])
        except OSError:
            continue
    raise OSError("no port is free")
