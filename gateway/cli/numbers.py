"""`menshen cards` and `menshen plates`: cards and number plates into the house, what there is, and out again.

A change is handed to the house in a sealed file; one that runs takes it within seconds, one that is closed as soon as
it opens. Exits: 0 done; 2 asked wrongly; 3 rows are bad, or no such entry, and nothing was changed; 5 it does not
follow from the known cards how this site's readers say a number.
"""

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.cli.card_reader import known_card, read_cards
from gateway.cli.number_desk import books, hand_in
from gateway.cli.number_rows import BadRow, Numbers, one_form
from gateway.cli.number_tables import table_in
from gateway.cli.plainly import speaking_plainly
from gateway.cli.plan import CONFIG_OPTION, plan_to_change, read_plan
from gateway.compound import Places
from gateway.config.plan import Plan
from gateway.passes.cards import CardFormat, Unclear, clashes, infer_format
from gateway.passes.numbers import Entry, Medium
from gateway.registry.numbers import Change

REFUSED, UNCLEAR = 3, 5  # exit codes

FILE = typer.Argument(help="CSV or XLSX; its first row names the columns: number,kind,flat,subject,gates,from,until")
DRY_RUN = typer.Option("--dry-run", help="Only say what is wrong, row by row.")
SKIP_BAD = typer.Option("--skip-bad", help="Take the good rows where others are bad.")
AS_JSON = typer.Option("--json", help="One JSON object a line.")
BY = typer.Option("--by", help="Staff id of who does it; stands in the journal.")
KNOWN = typer.Option(
    "--known", help="A card as a reader gave it and as it is printed, BITS:HEX=PRINTED; two of them, the first time."
)
Rows = Annotated[Path, FILE]


def _app(medium: Medium, what: str) -> typer.Typer:
    app = typer.Typer(name=f"{medium}s", help=what, no_args_is_help=True)

    def list_(
        config: Annotated[Path, CONFIG_OPTION],
        as_json: Annotated[bool, AS_JSON] = False,
        numbers: Annotated[bool, typer.Option("--numbers", help="Whole numbers; else their last four places.")] = False,
    ) -> None:
        """What is in the book, and what waits to be taken."""
        with speaking_plainly():
            standing, waiting, _ = asyncio.run(books(read_plan(config)))
            for entry in sorted((each for each in standing.values() if each.medium is medium), key=lambda e: e.flat):
                typer.echo(_line(entry, entry.id in waiting, numbers, as_json))

    def withdraw(
        which: Annotated[str, typer.Argument(help="The number as it is printed, the plate, or the entry's id.")],
        config: Annotated[Path, CONFIG_OPTION],
        reason: Annotated[str, typer.Option(help="Why; stands in the journal. No names.")] = "lost",
        by: Annotated[str, BY] = "cli",
        as_json: Annotated[bool, AS_JSON] = False,
    ) -> None:
        """Withdraw one; nobody comes in by it any more. Exits with 3 where there is none."""
        with speaking_plainly():
            plan = plan_to_change(config)
            standing, _, _ = asyncio.run(books(plan))
            key = one_form(which, medium)
            there = [each for each in standing.values() if each.medium is medium and not each.withdrawn]
            found = [each.id for each in there if which == each.id or one_form(each.number, medium) == key]
            if not found:
                typer.echo(f"menshen: no {medium} {which!r} in the book, or it is withdrawn already", err=True)
                raise typer.Exit(REFUSED)
            hand_in(plan, Change(by=by, withdraw=tuple(found), reason=reason), [])
            typer.echo(json.dumps({"withdrawn": found}) if as_json else f"withdrawn: {', '.join(found)}; handed in")

    app.command("list")(list_)
    app.command("withdraw")(withdraw)
    return app


cards = _app(Medium.CARD, "Access cards that are on the wall already, as passes of their people.")
plates = _app(Medium.PLATE, "Number plates, as passes of their people.")


@cards.command("import")
def import_cards(
    file: Rows,
    config: Annotated[Path, CONFIG_OPTION],
    known: Annotated[list[str] | None, KNOWN] = None,
    dry_run: Annotated[bool, DRY_RUN] = False,
    skip_bad: Annotated[bool, SKIP_BAD] = False,
    by: Annotated[str, BY] = "cli",
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Take in cards. Where a row is bad none is taken; each bad row is named with its line and the reason."""
    with speaking_plainly():
        plan = plan_to_change(config)
        form: CardFormat | None = None
        if known:
            inferred = infer_format([known_card(each) for each in known])
            if isinstance(inferred, Unclear):
                typer.echo(f"menshen: the known cards: {inferred.why}", err=True)
                raise typer.Exit(UNCLEAR)
            form = inferred
        _import(plan, file, Medium.CARD, form, dry_run=dry_run, skip_bad=skip_bad, by=by, as_json=as_json)


cards.command("read")(read_cards)


@plates.command("import")
def import_plates(
    file: Rows,
    config: Annotated[Path, CONFIG_OPTION],
    dry_run: Annotated[bool, DRY_RUN] = False,
    skip_bad: Annotated[bool, SKIP_BAD] = False,
    by: Annotated[str, BY] = "cli",
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Take in plates. Where a row is bad none is taken; each bad row is named with its line and the reason."""
    with speaking_plainly():
        plan = plan_to_change(config)
        _import(plan, file, Medium.PLATE, None, dry_run=dry_run, skip_bad=skip_bad, by=by, as_json=as_json)


def _import(
    plan: Plan,
    file: Path,
    medium: Medium,
    form: CardFormat | None,
    *,
    dry_run: bool,
    skip_bad: bool,
    by: str,
    as_json: bool,
) -> None:
    standing, _, forms = asyncio.run(books(plan))
    if form is not None and form not in forms:
        forms = [*forms, form]
    if medium is Medium.CARD and not forms:
        typer.echo("menshen: how do this site's readers say a number? Give two cards with --known", err=True)
        raise typer.Exit(UNCLEAR)
    rows = list(Numbers(Places(plan.site), medium, forms, standing.values()).entries(table_in(file)))
    good = [each for each in rows if isinstance(each, Entry)]
    bad = [each for each in rows if isinstance(each, BadRow)]
    bad += _told_apart(good, forms) if medium is Medium.CARD else []
    for each in bad:
        if as_json:
            typer.echo(json.dumps({"line": each.line, "why": each.why}, ensure_ascii=False))
        else:
            typer.echo(f"{file}:{each.line}: {each.why}", err=True)
    taken = not dry_run and bool(good) and (not bad or skip_bad)
    if taken:
        hand_in(plan, Change(by=by, forms=tuple(forms)), good)
    nameless = sum(not each.subject for each in good)
    if as_json:
        typer.echo(json.dumps({"good": len(good), "bad": len(bad), "without_person": nameless, "handed_in": taken}))
    else:
        typer.echo(f"{len(good)} good, {len(bad)} bad rows; {nameless} of the good name no person (subject)")
        typer.echo("handed in: a gateway that runs takes it within seconds" if taken else "nothing was changed")
    if bad and not taken:
        raise typer.Exit(REFUSED)


def _told_apart(good: list[Entry], forms: list[CardFormat]) -> list[BadRow]:
    """Cards that a reader cannot tell apart would be refused to both."""
    found = {group for form in forms for group in clashes((each.number for each in good), form)}
    return [BadRow(0, f"the readers cannot tell these cards apart: {', '.join(group)}") for group in sorted(found)]


def _line(entry: Entry, waits: bool, whole: bool, as_json: bool) -> str:
    number = entry.number if whole else f"…{entry.number[-4:]}"
    state = "withdrawn" if entry.withdrawn else "waiting" if waits else "good"
    told: dict[str, Any] = {
        "id": entry.id,
        "number": number,
        "kind": entry.holder,
        "flat": entry.flat,
        "subject": entry.subject,
        "gates": [n + 1 for n in range(32) if entry.gates >> n & 1],
        "from": _day(entry.not_before),
        "until": _day(entry.not_after),
        "state": state,
    }
    if as_json:
        return json.dumps(told, ensure_ascii=False)
    gates = ",".join(map(str, told["gates"])) or "all"
    return "\t".join((entry.id, number, entry.holder, entry.flat, gates, told["until"], state))


def _day(at: datetime | None) -> str:
    return "" if at is None else at.isoformat()
