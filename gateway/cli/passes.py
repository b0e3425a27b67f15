"""`menshen pass`: make passes, check one, print cards, make phones' pages.

`pass issue --json` writes one JSON object a line, {"text": ..., "bytes": ..., "short": ..., "pass": {...}}; `short` is
what a guard can type (gateway/passes/short_code.py). `pass verify` writes one,
{"valid": ..., "reason": ..., "why": ..., "trust_version": ..., "pass": {...} or null}, and exits with 0 for valid,
3 for refused, 4 for unreadable, 5 for what cannot be checked with what was given, 2 where it was asked wrongly.
"""

import json
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from gateway.cli import keys
from gateway.cli.key_folder import KeyFolder, trust_of
from gateway.cli.phone_keys import phone_secrets
from gateway.cli.phone_pages import write_phone_page
from gateway.cli.plainly import UNREADABLE, speaking_plainly, standard_input
from gateway.cli.print_passes import print_cards
from gateway.passes.claims import CTI_BYTES, SUBJECT_BYTES, Claims
from gateway.passes.gate_pass import ALL_GATES, MAX_GATES, Kind, Pass, covers, within
from gateway.passes.issue import issue as issue_pass
from gateway.passes.issue import issue_for_phone
from gateway.passes.phone_page import phone_pass
from gateway.passes.rotating import CONTEXT, Freshness, freshness
from gateway.passes.short_code import short_code, written
from gateway.passes.text import from_text
from gateway.passes.trust import Trust
from gateway.passes.verify import Reason, Refusal, verify_blob
from gateway.passes.verify import verify as verify_pass

app = typer.Typer(name="pass", help="Make, check and print entry passes.", no_args_is_help=True)

REFUSED, UNCHECKED = 3, 5
EXITS: dict[str, int] = {Reason.UNREADABLE: UNREADABLE, Reason.UNCHECKED: UNCHECKED}
USUAL_DAYS = {  # how long a pass lasts where nobody says
    Kind.RESIDENT: 180.0,
    Kind.VISITOR: 1.0,
    Kind.STAFF: 180.0,
    Kind.COURIER: 1.0,
    Kind.VOLUNTEER: 0.5,  # one shift
    Kind.OBSERVED: 14.0,
}
LONGEST_SHIFT = timedelta(days=1)  # a volunteer's pass is for one shift; for the next there is a next one


@app.command()
def issue(
    keys_folder: Annotated[Path, typer.Option("--keys", envvar="MENSHEN_KEYS", help="Folder of `menshen keys init`.")],
    kind: Annotated[Kind, typer.Option()],
    compound: Annotated[str, typer.Option(help="Id of the compound.")],
    gates: Annotated[str, typer.Option(help="Numbers of the gates, as 1,2; or all.")] = "all",
    subject: Annotated[str, typer.Option(help="Pseudonym, 16 hex digits; auto for a new one, none for none.")] = "auto",
    valid_from: Annotated[str | None, typer.Option(help="ISO instant, UTC unless it says; now if left out.")] = None,
    days: Annotated[float | None, typer.Option(help="How long; as usual for its kind if left out.", max=36_500)] = None,
    once: Annotated[bool, typer.Option("--once", help="Good for one passage.")] = False,
    phone: Annotated[bool, typer.Option("--phone", help="For a phone's page: see `pass phone`.")] = False,
    count: Annotated[int, typer.Option(help="How many passes.", min=1, max=10_000)] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Make passes. Each is checked against the trust list before it is handed out."""
    with speaking_plainly():
        folder = KeyFolder(keys_folder)
        trust = folder.trust()
        listed, private = folder.issuing_key(kind, compound)
        number = next(number for number, name in listed.compounds.items() if name == compound)
        begin = _instant(valid_from) if valid_from else datetime.now(UTC).replace(microsecond=0)
        lasts = timedelta(seconds=round((USUAL_DAYS[kind] if days is None else days) * 86_400))
        if kind is Kind.VOLUNTEER and lasts > LONGEST_SHIFT:
            raise ValueError("a volunteer's pass is for one shift: at most --days 1")
        for _ in range(count):
            claims = Claims(
                cti=secrets.token_bytes(CTI_BYTES),
                subject=_subject(subject),
                compound_number=number,
                kind=kind,
                gates=_gates(gates),
                not_before=begin,
                not_after=begin + lasts,
                once=once,
            )
            if phone:
                text = issue_for_phone(claims, private, listed.kid)
                made = verify_blob(_blob(text), trust, CONTEXT)
            else:
                text = issue_pass(claims, private, listed.kid)
                made = verify_pass(text, trust)
            if isinstance(made, Refusal):
                raise ValueError(f"no gate would take such a pass: {made.why}")
            typer.echo(_issued(text, made) if as_json else text)


@app.command()
def verify(
    text: Annotated[str, typer.Argument(help="What the code says; - reads it from standard input.")],
    keys_folder: Annotated[
        Path | None, typer.Option("--keys", envvar="MENSHEN_KEYS", help="Folder of `menshen keys init`.")
    ] = None,
    trust_file: Annotated[Path | None, typer.Option("--trust", envvar="MENSHEN_TRUST", help="A trust list ...")] = None,
    root_file: Annotated[
        Path | None, typer.Option("--root", envvar="MENSHEN_ROOT", help="... and the public root key (PEM).")
    ] = None,
    at: Annotated[str | None, typer.Option(help="ISO instant, UTC unless it says; now if left out.")] = None,
    gate: Annotated[int | None, typer.Option(help="Number of a gate it has to be good for.")] = None,
) -> None:
    """Check one pass: exit 0 valid, 3 refused, 4 unreadable, 5 cannot be checked."""
    with speaking_plainly():
        trust = _trust(keys_folder, trust_file, root_file)
        instant = _instant(at) if at else datetime.now(UTC)
        secrets_of_phones = phone_secrets(keys_folder) if keys_folder is not None else {}
        shown = verify_pass(standard_input() if text == "-" else text, trust, secrets_of_phones)
    reason, why, found = _judged(shown, instant, gate)
    answer = {
        "valid": reason is None,
        "reason": reason,
        "why": why,
        "trust_version": trust.version,
        "pass": None if found is None else _plain(found),
    }
    typer.echo(json.dumps(answer, ensure_ascii=False))
    if reason is not None:
        raise typer.Exit(EXITS.get(reason, REFUSED))


app.command("print")(print_cards)
app.command("phone")(write_phone_page)


def _judged(shown: Pass | Refusal, at: datetime, gate: int | None) -> tuple[str | None, str | None, Pass | None]:
    match shown:
        case Refusal(reason, why, gate_pass):
            return reason, why, gate_pass
        case Pass() if not within(shown, at):
            return "outside_validity", "not_yet" if at < shown.not_before else "expired", shown
        case Pass() if gate is not None and not covers(shown, gate):
            return "wrong_gate", None, shown
        case Pass(stepped=datetime() as stepped) if (worth := freshness(stepped, at, True, None)) != Freshness.FRESH:
            return "not_fresh", worth, shown
        case Pass():
            return None, None, shown


def _issued(text: str, made: Pass) -> str:
    size = len(_blob(text))
    short = written(short_code(made.cti))
    return json.dumps({"text": text, "bytes": size, "short": short, "pass": _plain(made)}, ensure_ascii=False)


def _blob(text: str) -> bytes:
    on_phone = phone_pass(text)
    return (from_text(text) or b"") if on_phone is None else on_phone.blob


def _plain(gate_pass: Pass) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(gate_pass)
    del fields["type"]  # the tag of the journal
    return fields


def _trust(folder: Path | None, trust_file: Path | None, root_file: Path | None) -> Trust:
    if trust_file is not None and root_file is not None:
        return trust_of(trust_file, root_file)
    if folder is not None:
        return KeyFolder(folder).trust()
    raise ValueError("give --keys DIR, or --trust FILE and --root FILE")


def _instant(typed: str) -> datetime:
    at = datetime.fromisoformat(typed)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _subject(typed: str) -> bytes | None:
    match typed:
        case "auto":
            return secrets.token_bytes(SUBJECT_BYTES)
        case "none":
            return None
        case _:
            return bytes.fromhex(typed)


def _gates(typed: str) -> int:
    if typed == "all":
        return ALL_GATES
    mask = 0
    for number in map(int, typed.split(",")):
        if not 1 <= number <= MAX_GATES:
            raise ValueError(f"gates go from 1 to {MAX_GATES}")
        mask |= 1 << (number - 1)
    return mask


if __name__ == "__main__":
    both = typer.Typer()
    both.add_typer(app)
    both.add_typer(keys.app)
    both()
