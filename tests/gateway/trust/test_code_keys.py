"""`[passes]` of menshen.toml, as far as the lane: a phone's code and a foreign credential from text to answer."""

from datetime import timedelta
from pathlib import Path

import pytest

from devices.reading import CodeSeen
from gateway.config.foreign import ForeignSection
from gateway.config.sections import PassesSection
from gateway.findings import Reason, Verdict
from gateway.passes.issue import issue_for_phone
from gateway.passes.keys import kid_of, public_bytes
from gateway.passes.phone_secret import write_secret
from gateway.passes.rotating import pass_key, show
from gateway.passes.text import PHONE_PREFIX, from_text
from gateway.registry.sealing import SealError
from gateway.trust.code_keys import code_keys
from tests.gateway.keeping import Kept, decision
from tests.gateway.passes import foreign_kit
from tests.gateway.passes.kit import NOW, RESIDENTS, claims, trust
from tests.small_site import small_site

SECRET = b"\x07" * 32


def secret_file(folder: Path, text: str = "") -> Path:
    path = folder / "phone-1.key"
    path.write_text(text or write_secret(1, SECRET))
    path.chmod(0o600)
    return path


def at_the_lane(section: PassesSection) -> Kept:
    kept = Kept(site=small_site(), start=NOW)
    kept.gatekeeper.trust = trust()
    kept.gatekeeper.codes = code_keys(section, foreign_kit.SECRET)
    return kept


def scan(kept: Kept, text: str) -> tuple[Reason, Verdict]:
    found = decision(kept.hear("scanner-in", CodeSeen(text), link="scanner-in"))
    return found.reason, found.verdict


def test_a_phone_is_admitted_by_the_code_of_now_and_not_by_a_screenshot(tmp_path: Path) -> None:
    kept = at_the_lane(PassesSection(phone_secrets=(secret_file(tmp_path),)))
    blob = from_text(issue_for_phone(claims(), RESIDENTS, kid_of(public_bytes(RESIDENTS))), PHONE_PREFIX)
    assert blob is not None
    key = pass_key(SECRET, claims().cti)
    first = show(blob, key, 1, NOW)
    assert scan(kept, first) == (Reason.ADMITTED, Verdict.ADMIT)
    kept.pass_time(timedelta(seconds=20))
    assert scan(kept, first) == (Reason.CODE_USED, Verdict.REFUSE)
    assert scan(kept, show(blob, key, 1, kept.now)) == (Reason.ADMITTED, Verdict.ADMIT)


def test_without_the_secret_the_guard_decides() -> None:
    kept = at_the_lane(PassesSection())
    blob = from_text(issue_for_phone(claims(), RESIDENTS, kid_of(public_bytes(RESIDENTS))), PHONE_PREFIX)
    code = show(blob or b"", pass_key(SECRET, claims().cti), 1, NOW)
    assert scan(kept, code) == (Reason.CANNOT_CHECK, Verdict.REFER)


def test_a_foreign_credential_reaches_the_guard_where_issuers_are_named(tmp_path: Path) -> None:
    signer = tmp_path / "signer.der"
    signer.write_bytes(foreign_kit.CERTIFICATE)
    kept = at_the_lane(PassesSection(foreign=ForeignSection(dcc_signers=(signer,))))
    assert scan(kept, foreign_kit.dcc())[1] is Verdict.REFER
    assert kept.state.decisions[-1].reason in (Reason.FOREIGN, Reason.FOREIGN_OUTSIDE)
    assert scan(at_the_lane(PassesSection()), foreign_kit.dcc()) == (Reason.NOT_A_PASS, Verdict.REFER)


def test_a_file_that_is_no_secret_is_named_in_one_line(tmp_path: Path) -> None:
    path = secret_file(tmp_path, "hello")
    with pytest.raises(SealError, match=r"phone-1\.key: not a secret for phones") as fault:
        code_keys(PassesSection(phone_secrets=(path,)), foreign_kit.SECRET)
    assert "\n" not in str(fault.value)


def test_a_certificate_that_is_none_is_named_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "signer.pem"
    path.write_bytes(b"hello")
    with pytest.raises(SealError, match=r"signer\.pem") as fault:
        code_keys(PassesSection(foreign=ForeignSection(dcc_signers=(path,))), foreign_kit.SECRET)
    assert "\n" not in str(fault.value)
