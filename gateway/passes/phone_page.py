"""A phone's pass and its key in, one HTML file out that shows a new code every fifteen seconds, with no network.

The file is the pass: whoever has it can show it, as with a card. It asks nobody for anything (its own security policy
forbids it), needs no server and no service worker, which would need a certificate of ours on the phone.
"""

import base64
import hashlib
import json
from datetime import datetime
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from zoneinfo import ZoneInfo

from msgspec import Struct

from gateway.passes import rotating
from gateway.passes.claims import Claims, read_claims, seconds
from gateway.passes.cose import unseal
from gateway.passes.short_code import short_code, written
from gateway.passes.text import MAX_BLOB_BYTES, PHONE_PREFIX, from_text

_FOLDER = "phone"
_SCRIPTS = ("sha256.js", "qr.js", "show.js")


class PhonePass(Struct, frozen=True):
    """A pass on its way to a phone."""

    blob: bytes
    claims: Claims


def phone_pass(text: str) -> PhonePass | None:
    """The pass in a text of `issue_for_phone`, None where it is none. The signature is not checked here."""
    blob = from_text(text, PHONE_PREFIX)
    sealed = None if blob is None else unseal(blob)
    claims = None if sealed is None else read_claims(sealed.payload)
    if blob is None or claims is None or len(blob) > MAX_BLOB_BYTES - rotating.SUFFIX_BYTES:
        return None
    return PhonePass(blob, claims)


def phone_page(gate_pass: PhonePass, epoch: int, secret: bytes, what: str, zone: ZoneInfo) -> str:
    """The whole file. `what` stands under the title: the kind of pass, the compound's name; `secret` is not in it."""
    script, style = "\n".join(map(_part, _SCRIPTS)), _part("page.css")
    claims = gate_pass.claims
    held = {
        "blob": gate_pass.blob.hex(),
        "key": rotating.pass_key(secret, claims.cti).hex(),
        "epoch": epoch,
        "not_before": seconds(claims.not_before),
        "not_after": seconds(claims.not_after),
    }
    return Template(_part("page.html")).substitute(
        script=script,
        script_hash=_hash(script),
        style=style,
        style_hash=_hash(style),
        what=escape(what),
        until=_until(claims.not_after, zone),
        short=written(short_code(claims.cti.hex())),
        **{"pass": json.dumps(held)},
    )


def _until(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def _hash(content: str) -> str:
    """As a content security policy names an inline part (CSP level 3, section 2.3.1)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


@cache
def _part(name: str) -> str:
    return files("gateway.passes").joinpath(_FOLDER, name).read_text("utf-8")
