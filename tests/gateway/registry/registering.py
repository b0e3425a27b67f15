"""A closed house in a folder with two small buildings, opened in this process with its registrar."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from gateway.cli.at_house import briefly, registrar_of
from gateway.cli.plan import registry_of
from gateway.config.plan import load_config
from gateway.house.house import House, open_house
from gateway.registry.registrar import Registrar

FLAT, OTHER = "palm/3-1-101", "palm/3-1-102"


def config_in(folder: Path, units: int = 1, floors: int = 2, flats_per_floor: int = 2) -> Path:
    config = folder / "menshen.toml"
    config.write_text(
        f"""
        gateway = {{ id = "palm-1", data = "{folder}/data" }}
        street = {{ id = "nanyuan", name = "南苑" }}
        pages = {{ port = 0 }}
        [homes]
        days = 7
        call = "值班室 021-5555"
        [[compounds]]
        id = "palm"
        name = "棕榈苑"
        gates = [{{ id = "south", name = "南门", number = 1, lanes = [
            {{ id = "in", name = "进", direction = "in" }}] }}]
        [[compounds.buildings]]
        id = "3"
        name = "3号楼"
        units = {units}
        floors = {floors}
        flats_per_floor = {flats_per_floor}
        """,
        "utf-8",
    )
    return config


@asynccontextmanager
async def opened(config: Path) -> AsyncIterator[tuple[House, Registrar]]:
    """Orders are done and nothing is watched."""
    plan = load_config(config)
    async with registry_of(plan) as registry:
        registry.hold()
        async with open_house(plan) as house, registrar_of(house, registry) as registrar, briefly(house):
            yield house, registrar
