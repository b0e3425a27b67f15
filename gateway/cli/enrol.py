"""`menshen enrol`: people of one flat into quarantine, or expected for it, in one line; the house running or closed."""

import json
import secrets
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from gateway.cli.at_house import put_to_house, say
from gateway.cli.plainly import speaking_plainly
from gateway.cli.plan import CONFIG_OPTION, read_plan
from gateway.journal.schema import JournalError
from gateway.registry.enrol_answers import ENROL_ANSWERS
from gateway.side_door import Request

REFUSED = 3  # exit code


def enrol(
    flat: Annotated[str, typer.Argument(help="Building, unit and flat as people say it: 3-1-502; or its id.")],
    config: Annotated[Path, CONFIG_OPTION],
    ground: Annotated[str, typer.Option(help="The legal ground; nobody is watched without one.")],
    person: Annotated[
        list[str],
        typer.Option("--person", help="Registered name or pseudonym, with =BAND if one is given; may be repeated."),
    ],
    days: Annotated[
        int | None, typer.Option(min=1, max=60, help="First day included; [homes] days if left out.")
    ] = None,
    first_day: Annotated[str, typer.Option(help="YYYY-MM-DD, today in the compound if left out.")] = "",
    arrive_by: Annotated[str, typer.Option(help="Not here yet: local YYYY-MM-DDTHH:MM by which they should be.")] = "",
    origin: Annotated[str, typer.Option(help="Category of where they come from, as in [[homes.origins]].")] = "",
    door: Annotated[str, typer.Option(help="The door sensor that watches the flat; refused if it is another.")] = "",
    by: Annotated[str, typer.Option("--by", help="Your staff id, for the record.")] = "console",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Begin quarantines in one line. Exits with 0 when all are begun (or expected), 3 when one is refused: it says why.

    menshen enrol 3-1-502 --ground "notice 2026-17" --person 王阿婆=band-7 --person 王小明 --origin orange
    """
    with speaking_plainly():
        plan = read_plan(config)
        fields = {
            "flat": flat,
            "ground": ground,
            "people": json.dumps(person, ensure_ascii=False),
            "days": str(days or plan.config.homes.days),
            "first_day": first_day,
            "arrive_by": arrive_by,
            "origin": origin,
            "door": door,
            "order": secrets.token_hex(16),
        }
        try:
            request = Request(do="enrol", by=by, fields=fields)
            reply = put_to_house(plan, request, ENROL_ANSWERS, lambda done, of: None)
        except (JournalError, msgspec.DecodeError) as exc:
            raise ValueError(str(exc)) from exc
    if as_json:
        typer.echo(json.dumps({"done": reply.done, **reply.told, "lines": reply.lines}, ensure_ascii=False))
    else:
        say(reply)
    if not reply.done:
        raise typer.Exit(REFUSED)
