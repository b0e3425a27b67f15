"""A genuine pass that was shown in; what its short code will be known by, remembered or forgotten, out.

A gate knows the short codes of the passes it has seen itself, each for as long as the pass is valid. Where two passes
have one short code the newer is meant: a guard compares the person anyway.
"""

from itertools import islice

from gateway.events.every import PassShown, Proof
from gateway.passes.claims import seconds
from gateway.passes.known import KnownPass
from gateway.passes.short_code import short_code
from gateway.state.state import State

MOST_KEPT = 20_000  # passes; 1.7 MB of a snapshot, written in some 10 ms
ID_DIGITS = 16


def remember(shown: PassShown, state: State) -> None:
    """Only what a signature spoke for: no card, no plate, no foreign credential, no short code itself."""
    if shown.proof is not Proof.GENUINE or shown.medium or shown.foreign or len(shown.cti) != ID_DIGITS:
        return
    if shown.not_before is None or shown.not_after is None:  # every pass has both
        return
    code = short_code(shown.cti)
    state.known.pop(code, None)  # the newest last
    state.known[code] = KnownPass(
        cti=shown.cti,
        kid=shown.kid,
        subject=shown.subject,
        holder=shown.holder,
        compound=shown.compound,
        gates=shown.gates,
        begins=seconds(shown.not_before),
        ends=seconds(shown.not_after),
        once=shown.once,
    )
    for old in list(islice(state.known, 2)):  # two old ones for each new one
        if state.known[old].ends < seconds(shown.at) and state.clock_trusted and old != code:
            del state.known[old]
    while len(state.known) > MOST_KEPT:
        del state.known[next(iter(state.known))]
