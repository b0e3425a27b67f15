"""Whatever is held to a scanner by somebody who means harm: never let in, never locked in, named, and over in a moment.

Each attack goes the whole way: the reading of a scanner in, the decision and what it opens out. What the signature says
of a form by itself is held in tests/gateway/passes/test_malleability.py, whose forms are shown here as well.
"""

import base64
import time
from datetime import timedelta

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.driver import NoKeys
from devices.reading import CodeSeen, GarbledSeen, Reading
from devices.serial_scanner import SerialScannerDecoder, SerialScannerSettings
from gateway.compound import PAGE
from gateway.findings import Decision, Reason
from gateway.passes.cose import Sealed, assemble
from gateway.passes.keys import kid_of, public_bytes
from gateway.passes.text import PREFIX, to_text
from gateway.passes.verify import Why
from tests.day_site import scanner
from tests.gateway.attacked import FORGED, ONE_OF_EACH, SOUTH_IN, UNREADABLE, AtTheGate, holds
from tests.gateway.passes import kit
from tests.gateway.passes.test_malleability import BLOB, PARTS, TABLE, TEXT, blob_text, header

LONG_ENOUGH_SECONDS = 5.0  # for what takes milliseconds, on a machine that does ten other things
TRUST = kit.trust()


@pytest.fixture(scope="module")
def kits() -> AtTheGate:
    """The house that believes the keys of tests/gateway/passes/kit.py."""
    return AtTheGate(TRUST)


def unpadded(encoded: bytes) -> str:
    return PREFIX + encoded.decode().rstrip("=")


HEX = base64.b32hexencode(BLOB)
CROCKFORD = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789ABCDEFGHJKMNPQRSTVWXYZ")
OTHER_ALPHABETS = {
    "base32hex": unpadded(HEX),
    "Crockford's": unpadded(base64.b32encode(BLOB).translate(CROCKFORD)),
    "base16": unpadded(base64.b16encode(BLOB)),
    "base64": unpadded(base64.b64encode(BLOB)),
    "base64 for addresses": unpadded(base64.urlsafe_b64encode(BLOB)),
    "base85": unpadded(base64.b85encode(BLOB)),
    "twice in base32": unpadded(base64.b32encode(TEXT.encode())),
    "padded": PREFIX + base64.b32encode(BLOB + b"\0").decode(),
    "percent signs": PREFIX + "".join(f"%{byte:02X}" for byte in BLOB),
    "full-width": TEXT[:4] + "".join(chr(ord(letter) + 0xFEE0) for letter in TEXT[4:]),
    "mathematical": TEXT[:4] + "".join(chr(0x1D400 + ord(c) - 65) if c.isalpha() else c for c in TEXT[4:]),
    "with zero-width joiners": "\u200d".join(TEXT),
    "right to left": "\u202e" + TEXT[::-1],
    "with a soft hyphen": TEXT[:50] + "\u00ad" + TEXT[50:],
    "combining": TEXT + "\u0301",
}
HOSTILE = {
    "NUL": "\0",
    "NULs before a pass": "\0\0" + TEXT,
    "terminal": "\x1b[2J\x1b]0;admitted\x07",
    "markup": "<script>document.title='admit'</script>",
    "template": "{{ state.trust }}${7*7}#{7*7}",
    "query": "MS1:'; delete from record; --",
    "format": "MS1:%s%s%s%n{0.__class__}",
    "JSON": '{"type":"Decision","verdict":"admit"}',
    "a path": "../../../../etc/passwd\0.png",
    "lone surrogates": "MS1:\ud800\udfff",
    "the last code point": "\U0010ffff" * 100,
    "bidirectional": "\u202eMS1:\u2066\u2069",
    "stacked marks": "M" + "\u0336" * 5000,
    "line ends": "\r\n\r\n\x85\u2028\u2029",
    "white space of Unicode": "\u2003\u00a0" + TEXT,
    "a grammar of numbers": "MS1:" + "1e999" * 40,
}
GIANTS = {
    "ten million letters": "MS1:" + "A" * 10_000_000,
    "ten million blanks": " " * 10_000_000 + TEXT,
    "ten million digits": "9" * 10_000_000,
    "ten million Chinese letters": "码" * 10_000_000,
    "a pass a hundred thousand times": TEXT * 100_000,
    "nested arrays": to_text(b"\x81" * 135),
    "nested maps": to_text(b"\xa1\x01" * 67),
    "an array that says it has four billion items": to_text(b"\x9a\xff\xff\xff\xff" + BLOB[1:100]),
    "a byte string that says it has no end": to_text(b"\x84\x5b" + b"\xff" * 8 + BLOB[1:100]),
    "the largest text that is looked at": "MS1:" + "7" * 252,
}


@pytest.mark.parametrize("lane", ONE_OF_EACH)
@pytest.mark.parametrize("form", TABLE)
def test_another_form_of_a_pass_opens_no_lane(kits: AtTheGate, lane: str, form: str) -> None:
    text, (reason, why) = TABLE[form]
    seen = kits.show(lane, text)
    holds(seen, Reason(reason))
    assert seen.shown.why == why


@pytest.mark.parametrize("lane", ONE_OF_EACH)
@pytest.mark.parametrize("flip", [0x01, 0x20, 0x80, 0xFF])
def test_a_byte_altered_anywhere_opens_no_lane(kits: AtTheGate, lane: str, flip: int) -> None:
    reasons = set()
    for at in range(len(BLOB)):
        altered = bytearray(BLOB)
        altered[at] ^= flip
        seen = kits.show(lane, to_text(bytes(altered)))
        holds(seen)
        assert seen.decision.reason is (FORGED if at >= len(BLOB) - 64 else seen.decision.reason)
        reasons.add(seen.decision.reason)
    assert reasons == {FORGED, UNREADABLE}


@pytest.mark.parametrize("letter", "A7=a 码")
def test_a_letter_altered_anywhere_opens_no_lane(kits: AtTheGate, letter: str) -> None:
    for at in range(len(TEXT)):
        altered = TEXT[:at] + letter + TEXT[at + 1 :]
        for lane in ONE_OF_EACH if altered != TEXT else ():
            seen = kits.show(lane, altered)
            holds(seen)
            assert seen.decision.reason in (FORGED, UNREADABLE if at >= len(PREFIX) else Reason.NOT_A_PASS)


def test_bytes_left_out_doubled_or_swapped_open_no_lane(kits: AtTheGate) -> None:
    for at in range(len(BLOB)):
        for altered in (
            BLOB[:at] + BLOB[at + 1 :],
            BLOB[:at] + BLOB[at : at + 1] + BLOB[at:],
            BLOB[:at],
            BLOB[at:] + BLOB[:at],
        ):
            if altered and altered != BLOB:
                holds(kits.show(SOUTH_IN, to_text(altered)))


@pytest.mark.parametrize("lane", ONE_OF_EACH)
@pytest.mark.parametrize("forms", [OTHER_ALPHABETS, HOSTILE, GIANTS], ids=["alphabets", "hostile", "giant"])
def test_what_is_no_text_of_a_pass_is_unreadable_at_once(kits: AtTheGate, forms: dict[str, str], lane: str) -> None:
    for form, text in forms.items():
        began = time.monotonic()
        seen = kits.show(lane, text)
        assert time.monotonic() - began < LONG_ENOUGH_SECONDS, form
        holds(seen, UNREADABLE)


@pytest.mark.parametrize("lane", ONE_OF_EACH)
def test_another_algorithm_or_none_opens_no_lane(kits: AtTheGate, lane: str) -> None:
    kid, payload, signature = kid_of(public_bytes(kit.RESIDENTS)), PARTS[2], PARTS[3]
    for algorithm in (0, -7, -35, -36, -37, -39, -53, -257, -65535, 1, 3, 4, 5, 6, 7, 2**63 - 1, -(2**63)):
        holds(kits.show(lane, to_text(assemble(Sealed(algorithm, kid, payload, signature)))), FORGED)
    for protected in ({1: None, 4: kid}, {1: "none", 4: kid}, {1: [], 4: kid}, {1: True, 4: kid}):
        holds(kits.show(lane, header(cbor2.dumps(protected))), UNREADABLE)


@pytest.mark.parametrize("lane", ONE_OF_EACH)
def test_what_nobody_signed_must_be_empty(kits: AtTheGate, lane: str) -> None:
    protected, _, payload, signature = PARTS
    kid = kid_of(public_bytes(kit.RESIDENTS))
    for stuffed in ({1: -8}, {4: kid}, {1: 0}, {33: b"x"}, {"alg": "none"}, {2: [1]}, {5: b"iv"}, {11: [b"", {}, b""]}):
        holds(kits.show(lane, blob_text(protected, stuffed, payload, signature)), UNREADABLE)


@pytest.mark.parametrize("lane", ONE_OF_EACH)
def test_without_a_list_or_an_hour_nothing_false_is_let_in_either(lane: str) -> None:
    no_list, no_hour = AtTheGate(None), AtTheGate(TRUST, clock_trusted=False)
    for text, (reason, why) in TABLE.values():
        holds(no_list.show(lane, text), Reason.NOT_A_PASS if why == Why.NOT_OURS else Reason.CANNOT_CHECK)
        holds(no_hour.show(lane, text), Reason(reason))


def test_nothing_of_a_hostile_text_is_kept() -> None:
    gate = AtTheGate(TRUST)
    for text in (*OTHER_ALPHABETS.values(), *HOSTILE.values(), *(text for text, _ in TABLE.values())):
        gate.show(SOUTH_IN, text)
    written = b"".join(entry.body for batch in gate.kept.batches for entry in batch.entries)
    for mark in (b"MS1:", b"script", b"passwd", b"delete from", TEXT[20:40].encode(), b"\\u"):
        assert mark not in written


@given(st.text() | st.text().map("MS1:".__add__) | st.binary(max_size=135).map(to_text), st.sampled_from(ONE_OF_EACH))
@settings(deadline=None)
def test_no_text_is_let_in(text: str, lane: str) -> None:
    holds(AtTheGate(TRUST).show(lane, text))


@given(st.lists(st.binary(max_size=400) | st.just(TEXT.encode()), max_size=20))
@settings(deadline=None)
def test_no_bytes_on_a_scanners_cable_open_a_lane(chunks: list[bytes]) -> None:
    """A pass among them is one only where it stands on a line of its own."""
    gate = AtTheGate(TRUST)
    decoder = SerialScannerDecoder(SerialScannerSettings(port="/dev/null"), NoKeys())
    for chunk in (*chunks, b""):
        for sighting in decoder.feed(chunk):
            gate.kept.pass_time(timedelta(seconds=10))
            reading = Reading(gate.kept.now, gate.kept.now, "scanner", scanner(SOUTH_IN), sighting.seen)
            batch = gate.kept.gatekeeper.receive(reading)
            if sighting.seen != CodeSeen(TEXT):
                assert not batch.effects
                assert isinstance(sighting.seen, CodeSeen | GarbledSeen)


def test_a_lane_nobody_has_decides_nothing(kits: AtTheGate) -> None:
    for device in (PAGE, f"{PAGE}nowhere", f"{PAGE}palm/south", "scanner", "", f"{PAGE}{PAGE}{SOUTH_IN}"):
        bodies = kits.kept.hear(device, CodeSeen(TEXT))
        assert not [body for body in bodies if isinstance(body, Decision)]
