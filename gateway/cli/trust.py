"""`menshen trust`: a signed trust list from a stick into a gateway, running or closed, with or without a network."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.plainly import speaking_plainly
from gateway.cli.plan import CONFIG_OPTION, plan_to_change
from gateway.house.trust_intake import drop
from gateway.passes.trust_list import MAX_TRUST_BYTES, TrustReason, TrustRefused
from gateway.trust.store import TrustStore

app = typer.Typer(name="trust", help="The trust list of this gateway.", no_args_is_help=True)

REFUSED = 3  # exit code
WHY = {
    TrustReason.UNREADABLE: "is no trust list, or of a newer format than this version knows",
    TrustReason.FORGED: "was not signed by a root key of this gateway",
    TrustReason.UNSAFE: "names a key that anybody could sign for",
    TrustReason.OLDER: "is older than the one in use: what was withdrawn would come back",
    TrustReason.CONFLICTING: "has the version of the one in use, and says something else",
}


@app.callback()
def trust() -> None:
    """The trust list of this gateway."""


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The list that `menshen keys` signed: trust.cose.", dir_okay=False)],
    config: Annotated[Path, CONFIG_OPTION],
) -> None:
    """Hand in a trust list from a file. Exits with 3 where it is refused.

    A gateway that runs takes it within seconds; one that is closed, as soon as it opens.
    """
    with speaking_plainly():
        plan = plan_to_change(config)
        folder = plan.config.gateway.data / "trust"
        with file.open("rb") as handle:
            blob = handle.read(MAX_TRUST_BYTES + 1)
        store = TrustStore(folder / "trust.cose", plan.config.passes.roots, plan.config.passes.trust)
        before = store.current
        found = store.check(blob)
        if isinstance(found, TrustRefused):
            typer.echo(f"refused: {file} {WHY[found.reason]}", err=True)
            raise typer.Exit(REFUSED)
        if before is not None and before.version == found.version:
            typer.echo(f"trust list version {found.version} is in use already")
            return
        drop(folder / "incoming", blob)
        listed = found.listed
        typer.echo(
            f"trust list version {found.version}, signed {listed.issued_at:%Y-%m-%d %H:%M} UTC, "
            f"{len(listed.keys)} keys: handed in; a gateway that runs takes it within seconds"
        )
