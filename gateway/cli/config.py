"""`menshen config`: is menshen.toml right, what may stand in it, what does the house make of it?"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from pydantic import BaseModel

from devices.driver import load
from gateway.cli.plan import CONFIG_OPTION, read_plan, told
from gateway.config.errors import EXIT_CONFIG, ConfigError
from gateway.config.plan import Plan, drivers, load_config
from gateway.config.sections import Config
from gateway.limits import Limits

app = typer.Typer(name="config", help="Check, describe and show menshen.toml.", no_args_is_help=True)


@app.command()
def check(
    config: Annotated[Path, CONFIG_OPTION],
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Exit 0 if the house can open with it; otherwise each fault on a line, and 78.

    Files it names that are not there (a password, a key) are told as well: the house opens, and what needs them waits.
    """
    try:
        plan = load_config(config)
    except ConfigError as exc:
        if not as_json:
            raise told(exc) from exc
        typer.echo(json.dumps({"file": str(config), "right": False, "faults": list(exc.lines)}, ensure_ascii=False))
        raise typer.Exit(EXIT_CONFIG) from exc
    flats = sum(len(list(b.flats())) for compound in plan.site.street.compounds for b in compound.buildings)
    found = {"links": len(plan.links), "devices": len(plan.site.devices), "flats": flats}
    missing = dict(missing_files(plan))
    if as_json:
        typer.echo(json.dumps({"file": str(config), "right": True, **found, "missing_files": missing}))
    else:
        for key, path in missing.items():
            typer.echo(f"{config}: {key}: {path} is not there, or not to be seen by this account", err=True)
        typer.echo(f"{config}: right; {found['links']} links, {found['devices']} devices, {found['flats']} flats")


def missing_files(plan: Plan) -> Iterator[tuple[str, str]]:
    """Key and path of each file that is named and not there."""
    yield from _missing(plan.config, "")
    for link in plan.links:
        if isinstance(link.settings, BaseModel):
            yield from _missing(link.settings, f"links.{link.name}.settings.")


def _missing(section: BaseModel, under: str) -> Iterator[tuple[str, str]]:
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, BaseModel):
            yield from _missing(value, f"{under}{name}.")
        elif isinstance(value, tuple | list):
            for index, each in enumerate(value):
                if isinstance(each, BaseModel):
                    yield from _missing(each, f"{under}{name}[{index}].")
        elif isinstance(value, Path) and name.endswith("_file") and not _is_there(value):
            yield f"{under}{name}", str(value)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except PermissionError:  # in a folder of another account
        return False


@app.command()
def schema() -> None:
    """The JSON Schema of menshen.toml, with the settings of each driver under "drivers"."""
    described = Config.model_json_schema()
    described["drivers"] = {name: load(name).settings.model_json_schema() for name in drivers()}
    described["limits"] = msgspec.json.schema(Limits)
    typer.echo(json.dumps(described, ensure_ascii=False, indent=2))


@app.command()
def show(config: Annotated[Path, CONFIG_OPTION]) -> None:
    """What the house makes of it, every default filled in, as JSON. Secrets stand in files and are not shown."""
    plan = read_plan(config)
    shown = plan.config.model_dump(mode="json")
    shown["limits"] = msgspec.to_builtins(plan.limits)
    typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
