"""`menshen staff`: who may log in to the pages, and with which PIN. Works while the house is closed."""

import asyncio
import json
import secrets
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.plainly import speaking_plainly
from gateway.cli.plan import CONFIG_OPTION, plan_to_change, read_plan, registry_of
from gateway.config.plan import Plan
from gateway.pages.access import Member, Role
from gateway.staff.book import StaffBook
from gateway.staff.volunteers import LONGEST, new_code, new_id, wrong_hours

app = typer.Typer(name="staff", help="Who may log in to the pages.", no_args_is_help=True)

JSON_OPTION = typer.Option("--json", help="One JSON object a line.")
HOUR = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


@app.command()
def add(
    config: Annotated[Path, CONFIG_OPTION],
    member: Annotated[str, typer.Option("--id", help="Short id, stands in the journal instead of the name.")],
    name: Annotated[str, typer.Option(help="What the pages call them.")],
    role: Annotated[Role, typer.Option(help="Not volunteer: that is menshen staff volunteer.")],
    pin_file: Annotated[
        str,
        typer.Option(help="File with the PIN on its first line; - for standard input. Better 6 digits; a chief must."),
    ] = "-",
) -> None:
    """Add somebody, or give them a new PIN (which ends their old log-ins)."""
    with speaking_plainly():
        if role is Role.VOLUNTEER:
            raise ValueError("a volunteer is let in for a shift: menshen staff volunteer")
        plan = plan_to_change(config)
        text = sys.stdin.readline() if pin_file == "-" else Path(pin_file).read_text("utf-8").partition("\n")[0]
        asyncio.run(_put(plan, Member(member, name, role, ""), text.strip()))


@app.command()
def volunteer(
    config: Annotated[Path, CONFIG_OPTION],
    name: Annotated[str, typer.Option(help="What the pages call them.")],
    starts: Annotated[
        datetime | None, typer.Option("--from", formats=HOUR, help="Local hour of this machine; left out: now.")
    ] = None,
    hours: Annotated[
        float, typer.Option(min=0.25, max=LONGEST.total_seconds() / 3600, help="How long the code is good.")
    ] = 8.0,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Let a volunteer in for one shift: prints the name to log in with and the code, once.

    A volunteer scans and sees the answers of a lane; rules nothing, and looks nobody up.
    """
    with speaking_plainly():
        plan = plan_to_change(config)
        begins = (starts or datetime.now().replace(second=0, microsecond=0)).astimezone()
        ends = begins + timedelta(hours=hours)
        if why := wrong_hours(begins, ends, datetime.now().astimezone()):
            raise ValueError(why)
        code = new_code(secrets.randbelow)
        member = asyncio.run(_put_volunteer(plan, name, begins, ends, code))
    if as_json:
        said = {"id": member, "code": code, "starts": begins.isoformat(), "ends": ends.isoformat()}
        typer.echo(json.dumps(said, ensure_ascii=False))
    else:
        typer.echo(f"{member}\t{code}\t{begins:%Y-%m-%d %H:%M} - {ends:%Y-%m-%d %H:%M}")


@app.command()
def remove(
    config: Annotated[Path, CONFIG_OPTION],
    member: Annotated[str, typer.Option("--id", help="The short id.")],
) -> None:
    """Strike somebody off: their log-ins end when the house opens."""
    with speaking_plainly():
        asyncio.run(_remove(plan_to_change(config), member))


@app.command("list")
def list_(
    config: Annotated[Path, CONFIG_OPTION],
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Who there is; of volunteers, until when."""
    plan = read_plan(config)
    for member in asyncio.run(_all(plan)):
        ends = member.ends.isoformat() if member.ends is not None else ""
        if as_json:
            said = {"id": member.id, "name": member.name, "role": member.role}
            typer.echo(json.dumps(said | ({"ends": ends} if ends else {}), ensure_ascii=False))
        else:
            typer.echo("\t".join((member.id, member.role, member.name, *([ends] if ends else []))))


async def _put(plan: Plan, member: Member, pin: str) -> None:
    async with registry_of(plan) as registry:
        await StaffBook(registry.book("staff"), registry.flush).put(member, pin)


async def _put_volunteer(plan: Plan, name: str, starts: datetime, ends: datetime, code: str) -> str:
    async with registry_of(plan) as registry:
        book = StaffBook(registry.book("staff"), registry.flush)
        identity = new_id(book.find, secrets.randbelow)
        await book.put(Member(identity, name, Role.VOLUNTEER, "", starts=starts, ends=ends), code)
        return identity


async def _remove(plan: Plan, member: str) -> None:
    async with registry_of(plan) as registry:
        book = StaffBook(registry.book("staff"), registry.flush)
        if book.find(member) is None:
            raise ValueError(f"nobody has the id {member!r}")
        await book.strike_off(member)


async def _all(plan: Plan) -> Sequence[Member]:
    async with registry_of(plan) as registry:
        return list(StaffBook(registry.book("staff"), registry.flush).all())
