"""The text of a code and whom to believe in, a ForeignShown out; None where the text is no foreign credential.

Off unless configured: without a ForeignTrust nobody asks. It reads no clock, keeps nothing of the text and never
raises, whatever the text. Lengths are capped before any work, unpacking and nesting while it goes on.
"""

from msgspec import Struct

from gateway.passes.foreign import dcc, shc
from gateway.passes.foreign.dcc_keys import SignerKeys
from gateway.passes.foreign.shc_keys import CardKeys
from gateway.passes.foreign.shown import ForeignShown

_BLANKS = " \t\r\n\v\f"  # ASCII only: scanners add line ends; no base45 ends in a blank, 65,535 being below 33 x 45²


class ForeignTrust(Struct, frozen=True):
    """Whose credentials are believed, and the house's secret for the keys they are remembered by.

    `admits` is the kind of pass a genuine one stands in for by itself; "" for none, as it is unless configured.
    """

    signers: SignerKeys
    issuers: CardKeys
    secret: bytes
    admits: str = ""


def is_foreign(text: str) -> bool:
    """Does the text begin as a credential does that can be read here?"""
    return text[:64].lstrip(_BLANKS).startswith((dcc.PREFIX, shc.PREFIX))


def read_foreign(text: str, trust: ForeignTrust) -> ForeignShown | None:
    """What a foreign credential is worth, before any rule is asked and at no particular hour."""
    if not is_foreign(text):
        return None
    if len(text) <= shc.MAX_TEXT:
        text = text.strip(_BLANKS)
    if text.startswith(dcc.PREFIX):
        return dcc.read_dcc(text, trust.signers, trust.secret)
    return shc.read_shc(text, trust.issuers, trust.secret)
