"""A reason for a decision at a lane in; why, and what the guard does next, out: the catalogue's leaf for the lane.

Floor 2, a pure room. Nobody on the way out is to be held, and no word here says so (tests/gateway/test_words.py).
"""

from collections.abc import Mapping

from gateway.compound import Direction
from gateway.findings import Reason
from gateway.words import Words

REASONS: Mapping[Reason, Words] = {
    Reason.ADMITTED: Words("通行码有效", "Pass is valid"),
    Reason.REPEATED: Words("刚刚已放行", "Already admitted a moment ago"),
    Reason.UNREADABLE: Words("读不出来，不是通行码", "Not a readable pass"),
    Reason.FORGED: Words("通行码是伪造的", "Pass is forged"),
    Reason.WITHDRAWN: Words("通行码已注销", "Pass was withdrawn"),
    Reason.NOT_YET_VALID: Words("通行码尚未生效", "Pass is not valid yet"),
    Reason.EXPIRED: Words("通行码已过期", "Pass has expired"),
    Reason.WRONG_COMPOUND: Words("不是本小区的通行码", "Pass is for another compound"),
    Reason.WRONG_GATE: Words("这个门不能用此通行码", "Pass is not for this gate"),
    Reason.SPENT: Words("一次性通行码已用过", "One-time pass was already used"),
    Reason.QUARANTINED: Words("此人正在居家隔离", "This person is in home quarantine"),
    Reason.CANNOT_CHECK: Words("现在无法核验", "Cannot check just now"),
    Reason.CLOCK_NOT_TRUSTED: Words("时钟未校准，无法核验期限", "Clock not trusted, cannot check the dates"),
    Reason.RULED_BY_GUARD: Words("由门岗人工决定", "Decided by the guard"),
    Reason.FIRE: Words("火警：通道全部打开", "Fire: every lane is open"),
}

NEXT_IN: Mapping[Reason, Words] = {
    Reason.ADMITTED: Words("请进。", "Let them in."),
    Reason.REPEATED: Words("同一张码，不用再登记。", "Same pass again; nothing to do."),
    Reason.UNREADABLE: Words(
        "请把屏幕调亮、擦净、拿平再扫；仍不行就按住户核实。",
        "Brighten, wipe, hold flat, scan again; else check the flat.",
    ),
    Reason.FORGED: Words(
        "不要放行。留住码的照片，通知值班人员。", "Do not let in. Keep a photo of the code, call the duty officer."
    ),
    Reason.WITHDRAWN: Words(
        "不要放行。请到居委会重新办码；有疑问通知值班人员。",
        "Do not let in. A new pass comes from the committee office.",
    ),
    Reason.NOT_YET_VALID: Words(
        "请看生效时间；有急事通知值班人员。", "Check the start time; if urgent call the duty officer."
    ),
    Reason.EXPIRED: Words(
        "请到居委会续办；有急事通知值班人员。", "Renew at the committee office; if urgent call the duty officer."
    ),
    Reason.WRONG_COMPOUND: Words(
        "请指路到所属小区；来访请登记办访客码。", "Show the way; visitors register for a visitor pass."
    ),
    Reason.WRONG_GATE: Words("请指路到可以走的门。", "Show the way to a gate the pass is for."),
    Reason.SPENT: Words("请联系被访住户重新发码。", "Ask the flat visited to send a new pass."),
    Reason.QUARANTINED: Words(
        "请其在旁等候，保持距离，立即通知值班人员陪同回家。",
        "Ask them to wait apart; the duty officer walks them home.",
    ),
    Reason.CANNOT_CHECK: Words("请按住户核实身份，再由您决定。", "Check who it is with the flat, then you decide."),
    Reason.CLOCK_NOT_TRUSTED: Words(
        "请看码上的日期，再由您决定；报修时钟。", "Read the dates yourself and decide; report the clock."
    ),
    Reason.RULED_BY_GUARD: Words("已记录。", "On record."),
    Reason.FIRE: Words("请快走，不要停留；到集合点报到。", "Go on, do not stop; report at the assembly point."),
}

NEXT_OUT: Mapping[Reason, Words] = {
    Reason.ADMITTED: Words("请出。", "Let them out."),
    Reason.REPEATED: Words("同一张码，不用再登记。", "Same pass again; nothing to do."),
    Reason.UNREADABLE: Words("问清哪户即可放行，不得阻拦。", "Ask which flat and let out; never hold anyone."),
    Reason.FORGED: Words("问清哪户再放行，并通知值班人员。", "Ask which flat, let out, tell the duty officer."),
    Reason.WITHDRAWN: Words(
        "问清哪户再放行，并提醒去居委会办码。", "Ask which flat, let out; a new pass is at the office."
    ),
    Reason.NOT_YET_VALID: Words("问清哪户即可放行。", "Ask which flat and let out."),
    Reason.EXPIRED: Words("问清哪户即可放行，提醒续办。", "Ask which flat, let out, remind to renew."),
    Reason.WRONG_COMPOUND: Words("问清来访哪户即可放行。", "Ask whom they visited and let out."),
    Reason.WRONG_GATE: Words("问清哪户即可放行，提醒走对的门。", "Ask which flat, let out, remind of the right gate."),
    Reason.SPENT: Words("问清来访哪户即可放行。", "Ask whom they visited and let out."),
    Reason.QUARANTINED: Words(
        "劝其回家，立即通知值班人员；不得强行阻拦。就医、火警马上放行。",
        "Ask them to go home, call the duty officer at once; never hold by force. Doctor or fire: let out.",
    ),
    Reason.CANNOT_CHECK: Words("问清哪户即可放行。", "Ask which flat and let out."),
    Reason.CLOCK_NOT_TRUSTED: Words("问清哪户即可放行；报修时钟。", "Ask which flat and let out; report the clock."),
    Reason.RULED_BY_GUARD: Words("已记录。", "On record."),
    Reason.FIRE: Words("请快走，不要停留；到集合点报到。", "Go on, do not stop; report at the assembly point."),
}


def next_step(reason: Reason, direction: Direction) -> Words:
    """What the guard does next. A lane of both directions is answered as the way out: nobody is locked in."""
    return NEXT_IN[reason] if direction is Direction.IN else NEXT_OUT[reason]
