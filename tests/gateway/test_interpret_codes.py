"""Codes shown at a lane, and what is kept: of a phone's the hour it was shown, of a foreign one next to nothing."""

from datetime import timedelta

import msgspec
import pytest

from devices.reading import CodeSeen, Reading
from gateway.compound import Places
from gateway.events.every import PassShown, Proof
from gateway.interpret.readings import CodeKeys, interpret
from gateway.passes.foreign.reader import ForeignTrust
from gateway.passes.issue import issue_for_phone
from gateway.passes.keys import kid_of, public_bytes
from gateway.passes.rotating import NO_SECRETS, Secrets, pass_key, show
from gateway.passes.text import PHONE_PREFIX, from_text
from gateway.passes.trust import Trust
from tests.gateway.passes import foreign_kit
from tests.gateway.passes.kit import NOW, RESIDENTS, claims, resident, trust
from tests.small_site import WAY_IN, small_site

PLACES = Places(small_site())
SECRETS = {1: b"\x07" * 32}
TRUST = trust()
CREDENTIALS = [foreign_kit.dcc(), foreign_kit.shc(foreign_kit.card())]


def scanned(text: str) -> Reading:
    return Reading(at=NOW, heard=NOW, link="scanner-in", device="scanner-in", seen=CodeSeen(text=text))


def shown(
    text: str,
    secrets: Secrets = NO_SECRETS,
    foreign: ForeignTrust | None = None,
    listed: Trust | None = TRUST,
) -> PassShown:
    event = interpret(scanned(text), PLACES, listed, CodeKeys(secrets, foreign))
    assert isinstance(event, PassShown)
    assert event.lane == WAY_IN
    return event


def phones_code() -> str:
    blob = from_text(issue_for_phone(claims(), RESIDENTS, kid_of(public_bytes(RESIDENTS))), PHONE_PREFIX)
    return show(blob or b"", pass_key(SECRETS[1], claims().cti), 1, NOW + timedelta(seconds=5))


def test_a_phones_code_is_its_pass_with_the_hour_it_was_shown() -> None:
    phone, card = shown(phones_code(), secrets=SECRETS), shown(resident(), secrets=SECRETS)
    assert (phone.proof, phone.stepped) == (Proof.GENUINE, NOW)
    assert card.stepped is None
    assert msgspec.structs.replace(phone, stepped=None) == card


def test_without_the_secret_a_phones_code_cannot_be_checked_and_says_whose_it_is() -> None:
    event = shown(phones_code())
    assert (event.proof, event.why, event.stepped) == (Proof.UNCHECKED, "no_rotating_secret", None)
    assert event.subject == (claims().subject or b"").hex()


@pytest.mark.parametrize("text", CREDENTIALS)
def test_foreign_credentials_are_some_other_code_unless_issuers_are_named(text: str) -> None:
    event = shown(text)
    assert (event.proof, event.why, event.foreign, event.cti) == (Proof.UNREADABLE, "not_ours", "", "")


@pytest.mark.parametrize("text", CREDENTIALS)
def test_a_foreign_credential_is_no_pass_and_nothing_of_its_text_is_kept(text: str) -> None:
    event = shown(text, foreign=foreign_kit.trust())
    assert event.proof is Proof.GENUINE
    assert event.foreign in ("eu_dcc", "smart_health_card")
    assert (event.subject, event.holder, event.compound, event.gates, event.once) == ("", "", "", 0, False)
    assert len(event.cti) == 32
    kept = msgspec.json.encode(event).decode()
    for word in ("uster", "UVCI", "https", text[5:40]):
        assert word not in kept


@pytest.mark.parametrize("text", CREDENTIALS)
def test_only_a_genuine_one_stands_in_for_the_kind_of_pass_that_is_configured(text: str) -> None:
    believed = msgspec.structs.replace(foreign_kit.trust(), admits="visitor")
    unknown = msgspec.structs.replace(believed, signers={}, issuers={})
    assert shown(text, foreign=believed).holder == "visitor"
    assert shown(text, foreign=unknown).holder == ""


def test_our_own_passes_are_read_as_ever_where_foreign_ones_are() -> None:
    assert shown(resident(), foreign=foreign_kit.trust()) == shown(resident())
    assert interpret(scanned(CREDENTIALS[0]), PLACES, None, CodeKeys(foreign=foreign_kit.trust())) is not None


OTHER_CODES = (
    "https://qr.alipay.com/fkx09551dh1fl8nvwkbw4d0",  # a payee
    "286143287469123456",  # a payer's code of Alipay
    "134567890123456789",  # of WeChat
    "wxp://f2f0abcdefghijklmnopqrstuvwxyz012345",
    "https://s.sh.gov.cn/healthcode?token=8f14e45fceea167a5a36dedd4bea2543",
    "WIFI:T:WPA;S:guest;P:12345678;;",
    "BEGIN:VCARD\nVERSION:3.0\nN:王\nEND:VCARD",
    "00020101021226580014br.gov.bcb.pix",
    "6901234567892",
    "随申码",
)


@pytest.mark.parametrize("text", OTHER_CODES)
@pytest.mark.parametrize("listed", [True, False], ids=["with a list", "without one"])
def test_a_payment_code_or_an_address_is_another_kind_of_code(text: str, listed: bool) -> None:
    event = shown(text, listed=TRUST if listed else None)
    assert (event.proof, event.why, event.cti, event.subject) == (Proof.UNREADABLE, "not_ours", "", "")
