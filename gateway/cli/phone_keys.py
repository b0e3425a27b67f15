"""`menshen keys phone`: a new secret for the codes of phones, in the folder of the keys."""

import os
import secrets
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.key_folder import KeyTrouble
from gateway.cli.plainly import speaking_plainly
from gateway.passes.phone_secret import write_secret
from gateway.passes.rotating import SECRET_BYTES
from gateway.trust.phone_secrets import read_phone_secrets

_FOLDER = "phone"


def make_phone_secret(
    folder: Annotated[Path, typer.Option("--dir", help="The folder of the keys.", file_okay=False)],
) -> None:
    """Make a secret for phones' changing codes, an epoch higher; copy it to every gate, beside the older ones."""
    with speaking_plainly():
        epoch = max(phone_secrets(folder), default=0) + 1
        line = write_secret(epoch, secrets.token_bytes(SECRET_BYTES))
        path = folder / _FOLDER / f"phone-{epoch}.key"
        path.parent.mkdir(exist_ok=True, mode=0o700)
        _write_new(path, line)
    typer.echo(f"{path}: copy it to every gate ([passes] phone_secrets); phones' pages made from now on need it there")


def phone_secrets(folder: Path) -> dict[int, bytes]:
    """The secrets of a folder of keys, by epoch."""
    return read_phone_secrets(sorted((folder / _FOLDER).glob("phone-*.key")))


def newest_phone_secret(folder: Path) -> tuple[int, bytes]:
    """The one new pages are made with. Raises KeyTrouble where there is none."""
    found = phone_secrets(folder)
    if not found:
        raise KeyTrouble(folder, "has no secret for phones; make one: menshen keys phone --dir DIR")
    return max(found.items())


def _write_new(path: Path, line: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
