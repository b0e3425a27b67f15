"""Passes wanted in; their texts out, made by `menshen pass issue --json` as anybody else would have them made."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct

from sim.happenings import Fake, PassWanted

AT_ONCE = 2  # commands that run at a time; more only make each other wait


class Issued(Struct, frozen=True):
    """What a person shows. `cti` and `subject` are 16 hex digits, empty for a foreign code."""

    text: str
    cti: str = ""
    subject: str = ""


class IssueFailed(Exception):
    """`menshen pass issue` ended with something else than passes."""


async def issue(menshen: Sequence[str], keys: Path, compound: str, wanted: Iterable[PassWanted]) -> dict[str, Issued]:
    """All of these, by name. Equal ones are asked for in one command."""
    wanted = list(wanted)
    found = {each.name: Issued(each.text) for each in wanted if each.fake is Fake.FOREIGN}
    alike: dict[tuple[str, ...], list[PassWanted]] = {}
    for each in wanted:
        if each.fake is not Fake.FOREIGN:
            alike.setdefault(_arguments(each, compound), []).append(each)
    turns = asyncio.Semaphore(AT_ONCE)

    async def made(arguments: tuple[str, ...], names: list[PassWanted]) -> None:
        async with turns:
            command = [*menshen, "pass", "issue", "--keys", str(keys), *arguments, "--count", str(len(names)), "--json"]
            lines = await _output(command)
        for each, line in zip(names, lines, strict=True):
            told = json.loads(line)
            text = forged(told["text"]) if each.fake is Fake.FORGED else told["text"]
            found[each.name] = Issued(text, told["pass"]["cti"], told["pass"]["subject"] or "")

    async with asyncio.TaskGroup() as commands:
        for arguments, names in alike.items():
            commands.create_task(made(arguments, names), name=f"issue {names[0].name}")
    return found


def forged(text: str) -> str:
    """The same pass with one letter of its signature changed: well-formed, and nobody signed it."""
    at = len(text) - 20
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]


def _arguments(wanted: PassWanted, compound: str) -> tuple[str, ...]:
    begin = datetime.now(UTC).replace(microsecond=0, second=0) - timedelta(days=wanted.days_ago)
    return (
        "--kind",
        wanted.kind,
        "--compound",
        compound,
        "--gates",
        wanted.gates,
        "--days",
        str(wanted.days),
        "--valid-from",
        begin.isoformat(),
        *(("--once",) if wanted.once else ()),
    )


async def _output(command: Sequence[str]) -> list[str]:
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    if process.returncode != 0:
        raise IssueFailed(f"{' '.join(command)}: {err.decode('utf-8', 'replace').strip()}")
    return out.decode().splitlines()
