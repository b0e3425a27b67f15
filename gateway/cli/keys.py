"""`menshen keys`: make the root and the issuing keys, show them, renew them, withdraw what must no longer count.

Every change signs a new trust list with the next version number; hand `trust.cose` to the gateways.
"""

import json
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from gateway.cli.key_folder import KeyFolder
from gateway.cli.phone_keys import make_phone_secret
from gateway.cli.plainly import speaking_plainly
from gateway.passes.gate_pass import Kind
from gateway.passes.keys import SEED_BYTES, private_key, public_bytes
from gateway.passes.trust import IssuingKey, Trust, TrustList

app = typer.Typer(name="keys", help="Root key, issuing keys and the trust list.", no_args_is_help=True)

Folder = Annotated[Path, typer.Option("--dir", help="The folder of the keys.", file_okay=False)]
Lifetime = Annotated[int, typer.Option("--days", help="How long passes of the new keys may last at most.", min=1)]
Update = Annotated[int, typer.Option("--update-days", help="After how many days the list counts as old.", min=1)]
BACKDATED = timedelta(days=30)  # so far may a pass be dated back before its key was made
ID_BYTES = 8


@app.command()
def init(
    folder: Folder,
    compound: Annotated[str, typer.Option(help="Ids of the compounds, separated by commas.")] = "palm",
    days: Lifetime = 730,
    update_days: Update = 7,
) -> None:
    """Make root key, one issuing key for each kind of pass, and the first trust list. Overwrites nothing."""
    with speaking_plainly():
        now = _now()
        compounds = dict(enumerate(dict.fromkeys(name.strip() for name in compound.split(","))))
        fresh = {(kind, 1): _new_key() for kind in Kind}
        entries = tuple(_entry(key, kind, 1, compounds, now, days) for (kind, _), key in fresh.items())
        listed = TrustList(1, now, now + timedelta(days=update_days), entries)
        trust = KeyFolder(folder).create(_new_key(), listed, fresh)
    typer.echo(f"{folder}: root key, {len(entries)} issuing keys, trust list version {trust.version}")


@app.command()
def status(folder: Folder, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Show what the trust list says, checked against the root key."""
    with speaking_plainly():
        trust = KeyFolder(folder).trust()
    if as_json:
        typer.echo(json.dumps(_summary(trust), ensure_ascii=False))
        return
    listed = trust.listed
    typer.echo(f"version {trust.version}, signed {listed.issued_at:%Y-%m-%d %H:%M} UTC")
    typer.echo(
        f"next update {listed.next_update:%Y-%m-%d %H:%M} UTC{' (overdue)' if listed.next_update < _now() else ''}"
    )
    typer.echo(f"withdrawn: {len(listed.revoked_passes)} passes, {len(listed.revoked_subjects)} persons")
    for key in _summary(trust)["keys"]:
        state = "withdrawn" if key["withdrawn"] else f"until {key['not_after'][:10]}"
        typer.echo(f"{key['name']:14} kid {key['kid']}  {state}  {', '.join(key['compounds'].values())}")


@app.command()
def rotate(
    folder: Folder,
    kind: Annotated[list[Kind] | None, typer.Option(help="A kind of pass; every kind if left out.")] = None,
    days: Lifetime = 730,
    update_days: Update = 7,
) -> None:
    """Make new issuing keys, an epoch higher. Passes of the older keys stay good until those are withdrawn."""
    with speaking_plainly():
        now = _now()
        keys = KeyFolder(folder)
        listed = keys.trust().listed
        fresh, entries = {}, []
        for each in dict.fromkeys(kind or Kind):
            newest = max((key for key in listed.keys if each in key.kinds), key=lambda key: key.epoch)
            fresh[each, newest.epoch + 1] = key = _new_key()
            entries.append(_entry(key, each, newest.epoch + 1, newest.compounds, now, days))
        trust = keys.sign(_next(listed, now, update_days, keys=(*listed.keys, *entries)), fresh)
    typer.echo(f"{', '.join(map(_name, entries))}: made; trust list version {trust.version}")


@app.command()
def withdraw(
    folder: Folder,
    gate_pass: Annotated[list[str] | None, typer.Option("--pass", help="Id of a pass (cti), 16 hex digits.")] = None,
    subject: Annotated[list[str] | None, typer.Option(help="Pseudonym of a person, 16 hex digits.")] = None,
    key: Annotated[list[str] | None, typer.Option(help="An issuing key as `keys status` names it: resident-1.")] = None,
    update_days: Update = 7,
) -> None:
    """Withdraw single passes, persons or issuing keys, and sign the next trust list."""
    with speaking_plainly():
        keys = KeyFolder(folder)
        listed = keys.trust().listed
        if unknown := set(key or ()) - set(map(_name, listed.keys)):
            raise ValueError(f"no such key: {', '.join(sorted(unknown))}")
        changed = _next(
            listed,
            _now(),
            update_days,
            keys=tuple(replace(each, withdrawn=each.withdrawn or _name(each) in (key or ())) for each in listed.keys),
            revoked_passes=listed.revoked_passes | _ids(gate_pass or ()),
            revoked_subjects=listed.revoked_subjects | _ids(subject or ()),
        )
        trust = keys.sign(changed, {})
    typer.echo(f"trust list version {trust.version}")


app.command("phone")(make_phone_secret)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _new_key() -> Ed25519PrivateKey:
    return private_key(secrets.token_bytes(SEED_BYTES))


def _entry(
    key: Ed25519PrivateKey, kind: Kind, epoch: int, compounds: dict[int, str], now: datetime, days: int
) -> IssuingKey:
    begin, end = now - BACKDATED, now + timedelta(days=days)
    return IssuingKey(public_bytes(key), frozenset({kind}), compounds, epoch, begin, end)


def _next(listed: TrustList, now: datetime, update_days: int, **changes: Any) -> TrustList:
    update = now + timedelta(days=update_days)
    return replace(listed, version=listed.version + 1, issued_at=now, next_update=update, **changes)


def _name(key: IssuingKey) -> str:
    return f"{'+'.join(sorted(key.kinds))}-{key.epoch}"


def _ids(typed: Iterable[str]) -> frozenset[bytes]:
    found = frozenset(map(bytes.fromhex, typed))
    if any(len(each) != ID_BYTES for each in found):
        raise ValueError("an id has 16 hex digits")
    return found


def _summary(trust: Trust) -> dict[str, Any]:
    listed = trust.listed
    return {
        "version": listed.version,
        "issued_at": listed.issued_at.isoformat(),
        "next_update": listed.next_update.isoformat(),
        "revoked_passes": len(listed.revoked_passes),
        "revoked_subjects": len(listed.revoked_subjects),
        "keys": [
            {
                "name": _name(key),
                "kid": key.kid.hex(),
                "public": key.public.hex(),
                "epoch": key.epoch,
                "kinds": sorted(key.kinds),
                "compounds": {str(number): name for number, name in key.compounds.items()},
                "not_before": key.not_before.isoformat(),
                "not_after": key.not_after.isoformat(),
                "withdrawn": key.withdrawn,
            }
            for key in listed.keys
        ],
    }
