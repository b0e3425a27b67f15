"""`menshen devices batteries`: how many days each battery has left, from what the journal remembers."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from gateway.batteries import DaysLeft, days_left
from gateway.cli.plainly import speaking_plainly
from gateway.cli.plan import CONFIG_OPTION, read_plan
from gateway.journal.reader import Reader
from gateway.limits import Limits
from gateway.state.state import State, thaw

NO_MEMORY = 3  # exit code: no snapshot yet


def batteries(
    config: Annotated[Path, CONFIG_OPTION],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list.")] = False,
) -> None:
    """How many days each battery has left, the emptiest first; a range, or "unknown". The house may run meanwhile.

    As of the newest snapshot of the journal, some minutes to hours old. Exits with 3 where there is none yet.
    """
    with speaking_plainly():
        plan = read_plan(config)
        state = newest_state(plan.config.gateway.data / "journal.db")
    if state is None:
        typer.echo("menshen: the journal has no snapshot yet; ask again in some hours", err=True)
        raise typer.Exit(NO_MEMORY)
    rows = forecast(state, plan.limits, datetime.now(UTC))
    if as_json:
        listed = [{"device": device, "level": level, "days": msgspec.to_builtins(left)} for device, level, left in rows]
        typer.echo(json.dumps(listed))
        return
    for device, level, left in rows:
        typer.echo(f"{device:<32} {level:>8}  {in_words(left)}")


def newest_state(path: Path) -> State | None:
    with Reader(path) as reader:
        snapshot = reader.newest_snapshot(None)
    return None if snapshot is None else thaw(snapshot.state)


def forecast(state: State, limits: Limits, now: datetime) -> list[tuple[str, str, DaysLeft | None]]:
    """Device, what it last said, days left; what nobody knows stands last."""
    rows = []
    for device, battery in state.batteries.items():
        empty = limits.battery_low_millivolts if battery.millivolts else limits.battery_low_percent
        unit = "mV" if battery.millivolts else "%"
        rows.append((device, f"{battery.charges[-1].level} {unit}", days_left(battery, empty, now)))
    return sorted(rows, key=lambda row: (row[2] is None, row[2].least if row[2] else 0, row[0]))


def in_words(left: DaysLeft | None) -> str:
    if left is None:
        return "unknown"
    return f"{left.least} days or more" if left.most is None else f"{left.least} to {left.most} days"
