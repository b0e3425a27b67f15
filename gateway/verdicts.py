"""A reason in; what happens at the lane because of it out: one table for every lane, with one law.

Floor 2, a pure room. The law: people are never locked in. Going out is admitted or referred to the guard, never
refused; "cannot check" is never "refused" either way. Nor does supporting evidence ever make anyone refused.
"""

from gateway.compound import Direction
from gateway.findings import Reason, Verdict

WAY_IN: dict[Reason, Verdict] = {
    Reason.ADMITTED: Verdict.ADMIT,
    Reason.EXPECTED: Verdict.ADMIT,
    Reason.BACK_HOME: Verdict.ADMIT,
    Reason.REPEATED: Verdict.ADMIT,
    Reason.UNREADABLE: Verdict.REFER,
    Reason.NOT_A_PASS: Verdict.REFER,
    Reason.FORGED: Verdict.REFUSE,
    Reason.WITHDRAWN: Verdict.REFUSE,
    Reason.NOT_YET_VALID: Verdict.REFUSE,
    Reason.EXPIRED: Verdict.REFUSE,
    Reason.WRONG_COMPOUND: Verdict.REFUSE,
    Reason.WRONG_GATE: Verdict.REFUSE,
    Reason.SPENT: Verdict.REFUSE,
    Reason.CODE_USED: Verdict.REFUSE,
    Reason.CODE_OLD: Verdict.REFUSE,
    Reason.CODE_AHEAD: Verdict.REFER,
    Reason.HOT: Verdict.REFER,
    Reason.ALREADY_INSIDE: Verdict.REFER,
    Reason.NOT_INSIDE: Verdict.REFER,
    Reason.QUOTA: Verdict.REFER,
    Reason.FULL: Verdict.REFER,
    Reason.CURFEW: Verdict.REFUSE,
    Reason.QUARANTINED: Verdict.REFER,
    Reason.FOREIGN: Verdict.REFER,
    Reason.FOREIGN_OUTSIDE: Verdict.REFER,
    Reason.FOREIGN_REVOKED: Verdict.REFER,
    Reason.FOREIGN_FALSE: Verdict.REFER,
    Reason.CANNOT_CHECK: Verdict.REFER,
    Reason.CLOCK_NOT_TRUSTED: Verdict.REFER,
    Reason.FIRE: Verdict.ADMIT,
    Reason.NOT_IN_BOOK: Verdict.REFER,
    Reason.PLATE_UNSURE: Verdict.REFER,
    Reason.TYPED: Verdict.REFER,
}


def verdict_for(reason: Reason, direction: Direction, *, evidence: bool = False) -> Verdict:
    """What a reason means in a direction. Leaving, or perhaps leaving: admitted, or referred; never refused.

    `evidence`: it was no pass that was shown, but a credential from elsewhere; the person may have a pass as well.
    """
    verdict = WAY_IN[reason]
    if verdict is Verdict.REFUSE and (evidence or direction is not Direction.IN):
        return Verdict.REFER
    return verdict


def is_softened(reason: Reason, verdict: Verdict) -> bool:
    """Was this referred to the guard where a pass on the way in would have been refused?"""
    return verdict is Verdict.REFER and WAY_IN.get(reason) is Verdict.REFUSE
