"""`menshen devices`: the secrets of wristbands, from the maker's list into the house, while it is closed."""

import asyncio
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.batteries import batteries
from gateway.cli.plainly import speaking_plainly
from gateway.cli.plan import CONFIG_OPTION, plan_to_change, registry_of
from gateway.config.plan import Plan

app = typer.Typer(name="devices", help="Wristbands, their keys, and batteries.", no_args_is_help=True)

app.command("batteries")(batteries)

KEY_HEX_DIGITS = 32  # a BTHome bind key is 16 bytes


@app.command("import")
def import_(
    config: Annotated[Path, CONFIG_OPTION],
    file: Annotated[Path, typer.Argument(help="CSV with a header: device,key_hex")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is wrong.")] = False,
) -> None:
    """Take in keys. All of them or, where one row is wrong, none; each wrong row is named."""
    with speaking_plainly():
        plan = plan_to_change(config)
        rows = list(_rows(file))
        wrong = [f"{file}:{number}: {why}" for number, _, _, why in rows if why]
        for line in wrong:
            typer.echo(line, err=True)
        if wrong:
            raise typer.Exit(1)
        if not dry_run:
            asyncio.run(_put(plan, {device: {"band_key": key} for _, device, key, _ in rows}))
        typer.echo(f"{len(rows)} keys {'would be ' if dry_run else ''}taken in")


def _rows(file: Path) -> Iterator[tuple[int, str, str, str]]:
    """Line number, device, key, and what is wrong with the row."""
    with file.open(encoding="utf-8-sig", newline="") as text:
        for number, row in enumerate(csv.DictReader(text), start=2):
            device, key = (row.get("device") or "").strip(), (row.get("key_hex") or "").strip().lower()
            if not device:
                yield number, device, key, "no device"
            elif len(key) != KEY_HEX_DIGITS or set(key) - set("0123456789abcdef"):
                yield number, device, "", f"{device}: a key is {KEY_HEX_DIGITS} hex digits"
            else:
                yield number, device, key, ""


async def _put(plan: Plan, docs: dict[str, dict[str, str]]) -> None:
    async with registry_of(plan) as registry:
        await registry.book("devices").put_many(docs, None)
