"""`[passes.foreign]` of menshen.toml: whose health credentials are looked at. Left out, none are.

There is no default issuer and no built-in key: the public test sets come with published private keys.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from devices.beside import Beside


class CardIssuerSection(BaseModel):
    """One issuer of SMART Health Cards."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    iss: str = Field(pattern=r"^https://[^\s/]+(/[^\s]*[^\s/])?$", description="its address, as it stands in its cards")
    keys: Beside = Field(description="its key set: the file at iss/.well-known/jwks.json")
    revoked: tuple[Beside, ...] = Field(default=(), description="its revocation lists: iss/.well-known/crl/KID.json")


class ForeignSection(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    dcc_signers: tuple[Beside, ...] = Field(default=(), description="certificates of EU document signers, PEM or DER")
    card_issuers: tuple[CardIssuerSection, ...] = ()
    admits: tuple[Literal["visitor"], ...] = Field(
        default=(), description="as whom a genuine one is let in by itself; as nobody if left out: the guard decides"
    )

    def files(self) -> Iterator[tuple[tuple[str | int, ...], Path]]:
        """Every file named here, with the place of its name in this section."""
        for index, certificate in enumerate(self.dcc_signers):
            yield ("dcc_signers", index), certificate
        for index, issuer in enumerate(self.card_issuers):
            yield ("card_issuers", index, "keys"), issuer.keys
            for number, listed in enumerate(issuer.revoked):
                yield ("card_issuers", index, "revoked", number), listed
