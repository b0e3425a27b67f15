"""How many passes one core verifies in full, beside raw signature checks of the same library in the same run."""

from collections.abc import Callable
from time import perf_counter

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gateway.passes.cose import signed_bytes, unseal
from gateway.passes.gate_pass import Pass
from gateway.passes.keys import public_bytes
from gateway.passes.text import from_text
from gateway.passes.verify import verify
from tests.gateway.passes.kit import RESIDENTS, resident, trust

PASSES = 500  # different ones: nothing may be remembered from one to the next
ROUNDS = 5  # each of both kinds in turn, the best of each counts: two noisy cores
WITHDRAWN = 10_000


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

    def raw() -> None:
        for signature, message in signed:
            public.verify(signature, message)

    rates = [(_rate(in_full), _rate(raw)) for _ in range(ROUNDS)]
    full, bare = max(rate for rate, _ in rates), max(rate for _, rate in rates)
    return {
        "verifications_per_second": round(full),
        "raw_signatures_per_second": round(bare),
        "ratio": round(full / bare, 3),
        "microseconds_beside_the_signature": round(1e6 / full - 1e6 / bare, 1),
    }


def table(result: dict[str, float]) -> str:
    """The result as it is read."""
    return "\n".join(
        [
            "| passes, one core | a second |",
            "|---|---:|",
            f"| text to verified pass, {WITHDRAWN} withdrawals | {result['verifications_per_second']:.0f} |",
            f"| raw Ed25519 check, same library | {result['raw_signatures_per_second']:.0f} |",
            f"| ratio | {result['ratio']:.2f} |",
        ]
    )


def _signature_and_message(text: str) -> tuple[bytes, bytes]:
    sealed = unseal(from_text(text) or b"")
    assert sealed is not None
    return sealed.signature, signed_bytes(sealed)


def _rate(work: Callable[[], None]) -> float:
    begin = perf_counter()
    work()
    return PASSES / (perf_counter() - begin)


if __name__ == "__main__":
    print(table(run()))
