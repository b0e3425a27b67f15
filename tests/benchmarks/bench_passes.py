"""How many passes one core verifies in full, beside raw signature checks of the same library in the same run.

Cards, codes of phones, and the two foreign credentials.
"""

from collections.abc import Callable
from time import perf_counter

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gateway.events.every import Proof
from gateway.passes.cose import signed_bytes, unseal
from gateway.passes.foreign.reader import read_foreign
from gateway.passes.gate_pass import Pass
from gateway.passes.issue import issue_for_phone
from gateway.passes.keys import kid_of, public_bytes
from gateway.passes.rotating import Freshness, freshness, pass_key, show
from gateway.passes.text import PHONE_PREFIX, from_text
from gateway.passes.verify import verify
from tests.gateway.passes import foreign_kit
from tests.gateway.passes.kit import NOW, RESIDENTS, claims, resident, trust

PASSES = 500  # different ones: nothing may be remembered from one to the next
ROUNDS = 5  # each of both kinds in turn, the best of each counts: two noisy cores
WITHDRAWN = 10_000
SECRETS = {1: bytes(32)}


def run() -> dict[str, float]:
    """Rates per second, from the text of the code to a Pass, with 10,000 withdrawals in force."""
    withdrawn = frozenset(number.to_bytes(8, "big") for number in range(WITHDRAWN))
    trusted = trust(revoked_passes=withdrawn, revoked_subjects=withdrawn)
    texts = [resident(cti=(1 << 40 | number).to_bytes(8, "big")) for number in range(PASSES)]
    signed = [_signature_and_message(text) for text in texts]
    public = Ed25519PublicKey.from_public_bytes(public_bytes(RESIDENTS))

    def in_full() -> None:
        for text in texts:
            assert type(verify(text, trusted)) is Pass

    shown = [_on_a_phone((1 << 41 | number).to_bytes(8, "big")) for number in range(PASSES)]

    def on_phones() -> None:
        for text in shown:
            found = verify(text, trusted, SECRETS)
            assert type(found) is Pass
            assert found.stepped is not None
            assert freshness(found.stepped, NOW, True, None) is Freshness.FRESH

    def raw() -> None:
        for signature, message in signed:
            public.verify(signature, message)

    foreign, issuers = [foreign_kit.dcc(), foreign_kit.shc(foreign_kit.card())], foreign_kit.trust()

    def foreigners() -> None:
        for number in range(PASSES):
            read = read_foreign(foreign[number % len(foreign)], issuers)
            assert read is not None
            assert read.proof is Proof.GENUINE

    rates = [(_rate(in_full), _rate(raw), _rate(on_phones), _rate(foreigners)) for _ in range(ROUNDS)]
    full, bare, phones, abroad = (max(rate) for rate in zip(*rates, strict=True))
    return {
        "verifications_per_second": round(full),
        "raw_signatures_per_second": round(bare),
        "ratio": round(full / bare, 3),
        "phone_codes_per_second": round(phones),
        "foreign_credentials_per_second": round(abroad),
        "microseconds_beside_the_signature": round(1e6 / full - 1e6 / bare, 1),
    }


def table(result: dict[str, float]) -> str:
    """The result as it is read."""
    return "\n".join(
        [
            "| passes, one core | a second |",
            "|---|---:|",
            f"| text to verified pass, {WITHDRAWN} withdrawals | {result['verifications_per_second']:.0f} |",
            f"| the same with a phone's changing code | {result['phone_codes_per_second']:.0f} |",
            f"| EU certificates and SMART Health Cards | {result['foreign_credentials_per_second']:.0f} |",
            f"| raw Ed25519 check, same library | {result['raw_signatures_per_second']:.0f} |",
            f"| ratio | {result['ratio']:.2f} |",
        ]
    )


def _signature_and_message(text: str) -> tuple[bytes, bytes]:
    sealed = unseal(from_text(text) or b"")
    assert sealed is not None
    return sealed.signature, signed_bytes(sealed)


def _on_a_phone(cti: bytes) -> str:
    issued = issue_for_phone(claims(cti=cti), RESIDENTS, kid_of(public_bytes(RESIDENTS)))
    return show(from_text(issued, PHONE_PREFIX) or b"", pass_key(SECRETS[1], cti), 1, NOW)


def _rate(work: Callable[[], None]) -> float:
    begin = perf_counter()
    work()
    return PASSES / (perf_counter() - begin)


if __name__ == "__main__":
    print(table(run()))
