"""`menshen ca`: the gateway's own certificate authority, for HTTPS on the LAN. An option: plain http works without."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.plainly import speaking_plainly
from gateway.cli.plan import CONFIG_OPTION, plan_to_change, read_plan
from gateway.config.plan import Plan
from gateway.own_ca.authority import fingerprint, names_of
from gateway.own_ca.export import exported
from gateway.own_ca.files import CaTrouble, OwnCa

app = typer.Typer(
    name="ca", help="The gateway's own certificate authority, for HTTPS on the LAN.", no_args_is_help=True
)

MISSING = 3  # exit code of `show` where there is none
JSON_OPTION = typer.Option("--json", help="One JSON object.")


def _ca(plan: Plan) -> OwnCa:
    return OwnCa(plan.config.gateway.data / "ca", plan.config.pages.names)


def _called(plan: Plan) -> str:
    return f"门神 Menshen {plan.config.gateway.id}"


@app.command()
def init(config: Annotated[Path, CONFIG_OPTION]) -> None:
    """Make the authority, once. Phones trust it by what `menshen ca export` writes.

    It may sign for the names in [pages] names, for .local and .lan names and for private addresses, nothing else.
    Run it as the gateway's own account: its key has mode 0600.
    """
    with speaking_plainly():
        plan = plan_to_change(config)
        if not plan.config.pages.names:
            raise ValueError("say in [pages] names what the pages are called in addresses, and run this again")
        try:
            made = _ca(plan).begin(_called(plan), datetime.now(UTC))
        except CaTrouble as exc:
            raise ValueError(str(exc)) from exc
        typer.echo(f"made {_ca(plan).folder / 'ca.crt'}, SHA-256 {fingerprint(made.certificate)}")


@app.command()
def issue(config: Annotated[Path, CONFIG_OPTION]) -> None:
    """Make the pages' certificate if there is none, if it ends soon or if the names changed.

    With `tls = true` the house does so by itself, when it opens and every six hours.
    """
    with speaking_plainly():
        ca = _ca(plan_to_change(config))
        try:
            new = ca.fresh(datetime.now(UTC))
        except CaTrouble as exc:
            raise ValueError(str(exc)) from exc
        typer.echo(f"{ca.certificate_file}: {'made' if new else 'is good'}")


@app.command()
def show(config: Annotated[Path, CONFIG_OPTION], as_json: Annotated[bool, JSON_OPTION] = False) -> None:
    """What there is: fingerprint, names, until when. Exits with 3 where there is no authority."""
    with speaking_plainly():
        ca = _ca(read_plan(config))
        try:
            authority, pages = ca.authority(), ca.pages()
        except CaTrouble as exc:
            typer.echo(f"menshen: {exc}", err=True)
            raise typer.Exit(MISSING) from exc
    told = {
        "sha256": fingerprint(authority.certificate),
        "until": authority.certificate.not_valid_after_utc.isoformat(),
        "pages_names": names_of(pages.certificate) if pages else [],
        "pages_until": pages.certificate.not_valid_after_utc.isoformat() if pages else None,
    }
    if as_json:
        typer.echo(json.dumps(told))
    else:
        for name, value in told.items():
            typer.echo(f"{name}\t{', '.join(value) if isinstance(value, list) else value or '-'}")


@app.command()
def export(
    config: Annotated[Path, CONFIG_OPTION],
    out: Annotated[Path, typer.Option(file_okay=False, help="Folder to write to.")],
) -> None:
    """Write what phones need: .crt, .mobileconfig for iPhones, and a sheet to print with a QR code and the words."""
    with speaking_plainly():
        plan = read_plan(config)
        try:
            authority = _ca(plan).authority().certificate
        except CaTrouble as exc:
            raise ValueError(str(exc)) from exc
        pages = plan.config.pages
        host = pages.names[0] if pages.names else pages.host
        address = f"https://{f'[{host}]' if ':' in host else host}:{pages.port}/ca.crt"
        out.mkdir(parents=True, exist_ok=True)
        for name, data in exported(authority, _called(plan), address).items():
            (out / name).write_bytes(data)
            typer.echo(str(out / name))
