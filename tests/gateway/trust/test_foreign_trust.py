"""`[passes.foreign]` of menshen.toml: off unless written, no issuer but those named, faults named by their file."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import ValidationError

from gateway.config.foreign import ForeignSection
from gateway.config.sections import PassesSection
from gateway.events.every import Proof
from gateway.passes.foreign.reader import read_foreign
from gateway.passes.foreign.shown import ForeignWhy
from gateway.trust.foreign import foreign_trust
from tests.gateway.passes import foreign_kit as kit


def section(tmp_path: Path, **changes: Any) -> ForeignSection:
    """One signer in DER and again in PEM beside another, one card issuer with a list."""
    der, pem, keys, revoked = (tmp_path / name for name in ("a.der", "b.pem", "jwks.json", "crl.json"))
    der.write_bytes(kit.CERTIFICATE)
    certificates = [kit.CERTIFICATE, kit.certificate(kit.ANOTHER)]
    pem.write_bytes(b"".join(x509.load_der_x509_certificate(each).public_bytes(Encoding.PEM) for each in certificates))
    keys.write_bytes(kit.key_set())
    revoked.write_text(json.dumps({"kid": kit.CARD_KID, "method": "rid", "ctr": 1, "rids": ["abc"]}))
    issuer = {"iss": kit.ISSUER, "keys": keys, "revoked": [revoked]}
    return ForeignSection.model_validate({"dcc_signers": [der, pem], "card_issuers": [issuer]} | changes)


def test_nothing_foreign_is_read_and_nobody_admitted_unless_it_is_written() -> None:
    assert PassesSection().foreign is None
    assert ForeignSection().admits == ()
    empty = foreign_trust(ForeignSection(), kit.SECRET)
    assert (empty.signers, empty.issuers, empty.admits) == ({}, {}, "")
    assert foreign_trust(ForeignSection(admits=("visitor",)), kit.SECRET).admits == "visitor"


def test_the_files_are_believed(tmp_path: Path) -> None:
    trust = foreign_trust(section(tmp_path), kit.SECRET)
    certificate, card = read_foreign(kit.dcc(), trust), read_foreign(kit.shc(kit.card()), trust)
    assert certificate is not None
    assert card is not None
    assert certificate.proof is Proof.GENUINE
    assert (card.proof, card.why) == (Proof.WITHDRAWN, ForeignWhy.REVOKED)
    assert len(trust.signers) == 2


def test_every_file_is_named_with_its_place(tmp_path: Path) -> None:
    found = {place: file.name for place, file in section(tmp_path).files()}
    assert found == {
        ("dcc_signers", 0): "a.der",
        ("dcc_signers", 1): "b.pem",
        ("card_issuers", 0, "keys"): "jwks.json",
        ("card_issuers", 0, "revoked", 0): "crl.json",
    }


@pytest.mark.parametrize("name", ["a.der", "b.pem", "jwks.json", "crl.json"])
def test_a_file_that_says_something_else_is_named(tmp_path: Path, name: str) -> None:
    written = section(tmp_path)
    (tmp_path / name).write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    with pytest.raises(ValueError, match=name):
        foreign_trust(written, kit.SECRET)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    written = section(tmp_path)
    (tmp_path / "jwks.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"jwks\.json"):
        foreign_trust(written, kit.SECRET)


@pytest.mark.parametrize(
    "changes",
    [
        {"admits": ["resident"]},
        {"test_keys": True},
        {"card_issuers": [{"iss": "http://plain.example", "keys": "x"}]},
        {"card_issuers": [{"iss": "https://slash.example/", "keys": "x"}]},
        {"card_issuers": [{"iss": "https://health.example"}]},
    ],
)
def test_what_cannot_be_meant_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ForeignSection.model_validate(changes)
