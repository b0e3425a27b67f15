"""The public test sets of two foreign credentials: each case gets the verdict its makers state, or is named here."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from devices.links.opencv import cv2
from devices.qr_reading import read_codes
from gateway.events.every import Proof
from gateway.passes.foreign.dcc_keys import signer_keys
from gateway.passes.foreign.reader import ForeignTrust, read_foreign
from gateway.passes.foreign.shc import read_jws
from gateway.passes.foreign.shc_keys import card_keys, merged
from gateway.passes.foreign.shown import ForeignShown, ForeignWhy
from tests.shared_data import folder_or_skip

SECRET = b"of one house"
EXCEPTIONS = {
    "dcc/LI-4": "states a test, signed by a key that is for vaccinations only; the set does not check that",
    "dcc/common-DGC1": "states nothing at all (no test, vaccination or recovery); its makers call it INVALID, but name "
    "only the schema, which the set does not count",
}
STAGES = {  # what the set calls where it goes wrong -> what the house says
    "OK": (Proof.GENUINE, None),
    "REVOKED": (Proof.WITHDRAWN, ForeignWhy.REVOKED),
    "SIG": (Proof.FORGED, ForeignWhy.WRONG_SIGNATURE),
    "SIGFORMAT": (Proof.UNREADABLE, ForeignWhy.MALFORMED),
    "DEFLATE": (Proof.UNREADABLE, ForeignWhy.MALFORMED),
    "HEADER": (Proof.UNREADABLE, ForeignWhy.MALFORMED),
    "FORMAT": (Proof.UNREADABLE, ForeignWhy.MALFORMED),
    "KID": (Proof.UNCHECKED, ForeignWhy.UNKNOWN_ISSUER),
}


def cases(scheme: str) -> tuple[Path, list[dict[str, Any]]]:
    folder = folder_or_skip("pass")
    lines = (folder / "vectors.jsonl").read_text("utf-8").splitlines()
    return folder, [case for case in map(json.loads, lines) if case["format"] == scheme]


def stated(scheme: str) -> tuple[Path, list[dict[str, Any]]]:
    folder, found = cases(scheme)
    return folder, [case for case in found if case["expected_valid"] is not None]


def texts_in(picture: Path) -> tuple[str, ...]:
    gray = cv2.imread(str(picture), cv2.IMREAD_GRAYSCALE)
    return () if gray is None else read_codes(gray)


def instant(written: str) -> datetime:
    at = datetime.fromisoformat(written)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def holds(shown: ForeignShown | None, at: datetime | None) -> bool:
    """The whole verdict: a true signature and, where an hour is given, the right hour."""
    if shown is None or shown.proof is not Proof.GENUINE:
        return False
    if at is None:
        return True
    begun = shown.not_before is None or shown.not_before <= at
    return begun and (shown.not_after is None or at < shown.not_after)


def dcc_trust(case: dict[str, Any]) -> ForeignTrust:
    return ForeignTrust(signer_keys([base64.b64decode(case["cert_der_b64"])]), {}, SECRET)


def shc_trust(case: dict[str, Any]) -> ForeignTrust:
    key_set = json.dumps(case["jwks"]).encode()
    lists = [json.dumps(listed).encode() for listed in case["crl"]]
    return ForeignTrust({}, merged([card_keys(issuer, key_set, lists) for issuer in case["trusted_iss"]]), SECRET)


@pytest.mark.external
def test_eu_certificates_get_the_verdict_their_makers_state() -> None:
    folder, found = stated("hc1")
    different = set()
    for case in found:
        text = case["text"]
        if "PICTUREDECODE" in case["fails"]:  # the fault is in the picture, so that is what has to be shown
            text = next(iter(texts_in(folder / case["png"])), "")
        # Hours are judged where the set judges them: some countries' clocks are the day the file was made.
        at = instant(case["clock"]) if "EXPIRATIONCHECK" in case["checks"] else None
        if holds(read_foreign(text, dcc_trust(case)), at) is not case["expected_valid"]:
            different.add(case["id"])
    assert len(found) == 190
    assert different == EXCEPTIONS.keys()
    assert len(different) <= 0.02 * len(found)


@pytest.mark.external
def test_smart_health_cards_get_the_verdict_and_the_reason_their_makers_state() -> None:
    folder, found = stated("shc")
    assert len(found) == 13
    for case in found:
        trust = shc_trust(case)
        if case["text"] is None:
            (text,) = texts_in(folder / case["png"][0])
        else:
            (text,) = case["text"]
        if case.get("transport") == "jws":  # some faults cannot be written as digits at all
            shown = read_jws(text, trust.issuers, SECRET)
        else:
            read = read_foreign(text, trust)
            assert read is not None
            shown = read
        assert (shown.proof, shown.why) == STAGES[case["expected_stage"]], case["id"]
        assert holds(shown, instant(case["clock"])) is case["expected_valid"], case["id"]


@pytest.mark.external
def test_an_eu_certificate_is_bound_by_its_own_hours() -> None:
    _, found = stated("hc1")
    case = next(case for case in found if case["id"] == "dcc/AT-1")
    shown = read_foreign(case["text"], dcc_trust(case))
    assert shown is not None
    assert shown.not_before is not None
    assert shown.not_after is not None
    assert holds(shown, shown.not_before)
    assert not holds(shown, shown.not_before - timedelta(seconds=1))
    assert not holds(shown, shown.not_after)


@pytest.mark.external
def test_what_is_kept_names_nobody() -> None:
    _, found = stated("hc1")
    for case in found:
        shown = read_foreign(case["text"], dcc_trust(case))
        if shown is None or shown.proof is not Proof.GENUINE:
            continue
        kept = {str(getattr(shown, field)) for field in shown.__struct_fields__}
        assert kept == {
            "eu_dcc",
            "genuine",
            "None",
            shown.kid,
            str(shown.not_before),
            str(shown.not_after),
            shown.key,
        }
        assert (len(shown.kid), len(shown.key)) == (16, 32)


@pytest.mark.external
def test_one_credential_has_one_key_in_a_house_and_another_in_the_next() -> None:
    _, found = stated("hc1")
    shown, elsewhere = {}, {}
    for case in found:
        if case["expected_valid"] and case["id"] not in EXCEPTIONS:
            trust = dcc_trust(case)
            mine, theirs = (
                read_foreign(case["text"], ForeignTrust(trust.signers, {}, secret)) for secret in (SECRET, b"another")
            )
            assert mine is not None
            assert theirs is not None
            shown[case["id"]], elsewhere[case["id"]] = mine.key, theirs.key
    assert not set(shown.values()) & set(elsewhere.values())
    again = read_foreign(found[0]["text"], dcc_trust(found[0]))
    assert again is not None
    assert again.key == shown[found[0]["id"]]


@pytest.mark.external
def test_codes_in_pictures_whose_issuer_is_unknown_are_not_called_forged() -> None:
    folder, found = cases("hc1")
    pictures = [folder / case["png"] for case in found if case["expected_valid"] is None]
    seen = [
        shown
        for picture in pictures
        for text in texts_in(picture)
        if (shown := read_foreign(text, ForeignTrust(signer_keys([]), {}, SECRET))) is not None
    ]
    assert len(seen) >= 15
    assert {(shown.proof, shown.why) for shown in seen} == {(Proof.UNCHECKED, ForeignWhy.NO_TRUST)}
