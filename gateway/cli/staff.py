"""`menshen staff`: who may log in to the pages, and with which PIN. Works while the house is closed."""

import asyncio
import json
import secrets
import sys
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.plainly import speaking_plainly
from gateway.cli.plan import CONFIG_OPTION, read_plan, registry_of
from gateway.config import Plan
from gateway.pages.access import Role
from gateway.pins import SALT_BYTES, hash_pin

app = typer.Typer(name="staff", help="Who may log in to the pages.", no_args_is_help=True)


@app.command()
def add(
    config: Annotated[Path, CONFIG_OPTION],
    member: Annotated[str, typer.Option("--id", help="Short id, stands in the journal instead of the name.")],
    name: Annotated[str, typer.Option(help="What the pages call them.")],
    role: Annotated[Role, typer.Option()],
    pin_file: Annotated[str, typer.Option(help="File with the PIN on its first line; - for standard input.")] = "-",
) -> None:
    """Add somebody, or give them a new PIN (which ends their old log-ins)."""
    with speaking_plainly():
        plan = read_plan(config)
        text = sys.stdin.readline() if pin_file == "-" else Path(pin_file).read_text("utf-8").partition("\n")[0]
        kept = hash_pin(text.strip(), secrets.token_bytes(SALT_BYTES))
        asyncio.run(_put(plan, member, {"name": name, "role": str(role), "pin": kept}))


@app.command("list")
def list_(
    config: Annotated[Path, CONFIG_OPTION],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Who there is."""
    plan = read_plan(config)
    for member, doc in asyncio.run(_all(plan)):
        if as_json:
            typer.echo(json.dumps({"id": member, "name": doc["name"], "role": doc["role"]}, ensure_ascii=False))
        else:
            typer.echo(f"{member}\t{doc['role']}\t{doc['name']}")


async def _put(plan: Plan, member: str, doc: dict[str, str]) -> None:
    async with registry_of(plan) as registry:
        registry.book("staff").put(member, doc, None)


async def _all(plan: Plan) -> list[tuple[str, dict[str, str]]]:
    async with registry_of(plan) as registry:
        return [(member, dict(doc)) for member, doc in sorted(registry.book("staff").all())]
