"""A reason for a decision at a lane in; why, how grave, and what the guard does next, out.

Floor 2, a pure room. Nobody on the way out is to be held, and no word here says so (tests/gateway/test_words.py).
"""

from collections.abc import Mapping

from gateway.compound import Direction
from gateway.findings import Reason, Verdict
from gateway.kinds import Severity
from gateway.verdicts import is_softened
from gateway.words.language import Words

REASONS: Mapping[Reason, Words] = {
    Reason.ADMITTED: Words("通行码有效", "Pass is valid"),
    Reason.REPEATED: Words("刚刚已放行", "Already admitted a moment ago"),
    Reason.UNREADABLE: Words("读不出来，不是通行码", "Not a readable pass"),
    Reason.NOT_A_PASS: Words("这是别的码，不是通行码", "Another kind of code, not a pass"),
    Reason.FORGED: Words("通行码是伪造的", "Pass is forged"),
    Reason.WITHDRAWN: Words("通行码已注销", "Pass was withdrawn"),
    Reason.NOT_YET_VALID: Words("通行码尚未生效", "Pass is not valid yet"),
    Reason.EXPIRED: Words("通行码已过期", "Pass has expired"),
    Reason.WRONG_COMPOUND: Words("不是本小区的通行码", "Pass is for another compound"),
    Reason.WRONG_GATE: Words("这个门不能用此通行码", "Pass is not for this gate"),
    Reason.SPENT: Words("一次性通行码已用过", "One-time pass was already used"),
    Reason.CODE_USED: Words("这个动态码已经用过", "This code of a phone was already used"),
    Reason.CODE_OLD: Words("动态码太旧，可能是截图", "The phone's code is too old, perhaps a screenshot"),
    Reason.CODE_AHEAD: Words("手机时间快了", "The phone's clock is fast"),
    Reason.FOREIGN: Words("外部健康凭证，签名属实", "Health credential from elsewhere, signature true"),
    Reason.FOREIGN_OUTSIDE: Words("外部健康凭证已过期或未生效", "Health credential outside its dates"),
    Reason.FOREIGN_REVOKED: Words("外部健康凭证已被签发机构撤销", "Health credential revoked by its issuer"),
    Reason.FOREIGN_FALSE: Words("外部健康凭证签名不对", "Health credential with a wrong signature"),
    Reason.QUARANTINED: Words("此人正在居家隔离", "This person is in home quarantine"),
    Reason.CANNOT_CHECK: Words("现在无法核验", "Cannot check just now"),
    Reason.CLOCK_NOT_TRUSTED: Words("时钟未校准，无法核验期限", "Clock not trusted, cannot check the dates"),
    Reason.HOT: Words("体温偏高", "Temperature is high"),
    Reason.ALREADY_INSIDE: Words("记录显示此人已在里面", "On record as already inside"),
    Reason.NOT_INSIDE: Words("记录显示此人不在里面", "On record as not inside"),
    Reason.QUOTA: Words("这一户的外出次数已用完", "This household has had its turn to go out"),
    Reason.FULL: Words("外来人数已到上限", "As many outsiders inside as may be"),
    Reason.CURFEW: Words("现在是禁行时段", "It is curfew"),
    Reason.EXPECTED: Words("预约到达：隔离从现在开始", "Expected today: quarantine begins now"),
    Reason.BACK_HOME: Words("外出就医返回：隔离继续", "Back from hospital: quarantine goes on"),
    Reason.RULED_BY_GUARD: Words("由门岗人工决定", "Decided by the guard"),
    Reason.RULING_UNDONE: Words("门岗撤销了刚才的决定", "The guard took the ruling back"),
    Reason.FIRE: Words("火警：通道全部打开", "Fire: every lane is open"),
    Reason.NOT_IN_BOOK: Words("卡号、车牌或短码不在册", "Card, plate or short code is not in the book"),
    Reason.PLATE_UNSURE: Words("车牌没有看清", "Plate could not be read for sure"),
    Reason.TYPED: Words("短码对应一张有效通行码", "Short code of a valid pass"),
}

GRAVITY: Mapping[Reason, Severity] = {
    Reason.QUARANTINED: Severity.CRITICAL,
    Reason.FIRE: Severity.CRITICAL,
    Reason.FORGED: Severity.HIGH,
    Reason.WITHDRAWN: Severity.HIGH,
    Reason.HOT: Severity.HIGH,
    Reason.SPENT: Severity.MEDIUM,
    Reason.CODE_USED: Severity.MEDIUM,
    Reason.FOREIGN_FALSE: Severity.MEDIUM,
    Reason.FOREIGN_REVOKED: Severity.MEDIUM,
    Reason.WRONG_COMPOUND: Severity.MEDIUM,
    Reason.ALREADY_INSIDE: Severity.MEDIUM,
    Reason.NOT_INSIDE: Severity.MEDIUM,
    Reason.QUOTA: Severity.MEDIUM,
    Reason.FULL: Severity.MEDIUM,
    Reason.CURFEW: Severity.MEDIUM,
    Reason.EXPIRED: Severity.MEDIUM,
    Reason.NOT_YET_VALID: Severity.MEDIUM,
    Reason.WRONG_GATE: Severity.LOW,
    Reason.UNREADABLE: Severity.LOW,
    Reason.NOT_A_PASS: Severity.LOW,
    Reason.CANNOT_CHECK: Severity.LOW,
    Reason.CLOCK_NOT_TRUSTED: Severity.LOW,
    Reason.CODE_OLD: Severity.LOW,
    Reason.CODE_AHEAD: Severity.LOW,
    Reason.FOREIGN: Severity.LOW,
    Reason.FOREIGN_OUTSIDE: Severity.LOW,
    Reason.EXPECTED: Severity.LOW,
    Reason.BACK_HOME: Severity.LOW,
    Reason.ADMITTED: Severity.LOW,
    Reason.REPEATED: Severity.LOW,
    Reason.NOT_IN_BOOK: Severity.LOW,
    Reason.PLATE_UNSURE: Severity.LOW,
    Reason.TYPED: Severity.LOW,
    Reason.RULED_BY_GUARD: Severity.LOW,
    Reason.RULING_UNDONE: Severity.LOW,
}
"""How grave it is that this stands on the screen; which of the three sounds is heard follows from the verdict."""

NEXT_IN: Mapping[Reason, Words] = {
    Reason.ADMITTED: Words("请进。", "Let them in."),
    Reason.REPEATED: Words("同一张码，不用再登记。", "Same pass again; nothing to do."),
    Reason.UNREADABLE: Words(
        "请把屏幕调亮、擦净、拿平再扫；仍不行就按住户核实。",
        "Brighten, wipe, hold flat, scan again; else check the flat.",
    ),
    Reason.NOT_A_PASS: Words(
        "请出示本小区通行码，不是付款码、健康码；没有就按住户核实。",
        "Ask for the pass of this compound, not a payment or health code; else check the flat.",
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
    Reason.CODE_USED: Words("请出示手机上现在的码，不收截图。", "Ask for the code on the phone now; no screenshots."),
    Reason.CODE_OLD: Words(
        "请出示手机上现在的码；仍不行就打开手机“自动设置时间”。",
        "Ask for the code on the phone now; if it stays so, set the phone's time to automatic.",
    ),
    Reason.CODE_AHEAD: Words(
        "请打开手机“自动设置时间”再扫；或按住户核实。",
        "Set the phone's time to automatic and scan again, or check with the flat.",
    ),
    Reason.FOREIGN: Words(
        "它不是通行证：核对证件、问清去哪户，再由您决定。",
        "It is no pass: compare with an identity card, ask which flat, then you decide.",
    ),
    Reason.FOREIGN_OUTSIDE: Words("不能作旁证；按住户核实。", "It supports nothing; check with the flat."),
    Reason.FOREIGN_REVOKED: Words("不能作旁证；按住户核实。", "It supports nothing; check with the flat."),
    Reason.FOREIGN_FALSE: Words("不能作旁证；按住户核实。", "It supports nothing; check with the flat."),
    Reason.QUARANTINED: Words(
        "请其在旁等候，保持距离，立即通知值班人员陪同回家。",
        "Ask them to wait apart; the duty officer walks them home.",
    ),
    Reason.CANNOT_CHECK: Words("请按住户核实身份，再由您决定。", "Check who it is with the flat, then you decide."),
    Reason.CLOCK_NOT_TRUSTED: Words(
        "请看码上的日期，再由您决定；报修时钟。", "Read the dates yourself and decide; report the clock."
    ),
    Reason.HOT: Words(
        "请其在旁休息几分钟，用体温枪复测；仍高就通知值班人员。",
        "Ask them to rest apart, measure again by hand; still high: call the duty officer.",
    ),
    Reason.ALREADY_INSIDE: Words(
        "问是否跟车或跟人出去过；核对是不是本人，再由您决定。",
        "Did they go out behind somebody? Check it is their pass, then you decide.",
    ),
    Reason.NOT_INSIDE: Words("核对是不是本人，再由您决定。", "Check it is their pass, then you decide."),
    Reason.QUOTA: Words("请进。", "Let them in."),
    Reason.FULL: Words(
        "请在外等候，有人出来再进；急事由您决定。", "Wait outside until somebody leaves; if urgent you decide."
    ),
    Reason.CURFEW: Words(
        "请禁行结束后再来；送药、急事由您人工放行。", "Come back after curfew; medicine or urgent: admit by hand."
    ),
    Reason.EXPECTED: Words(
        "请其直接回家，关好门；手环戴上；物品有人送。", "Straight home, door shut, band on; food will be brought."
    ),
    Reason.BACK_HOME: Words(
        "请其直接回家，关好门；手环戴上；物品有人送。", "Straight home, door shut, band on; food will be brought."
    ),
    Reason.RULED_BY_GUARD: Words("已记录。", "On record."),
    Reason.RULING_UNDONE: Words(
        "道闸可能已开过：看人进去了没有，再重新决定。",
        "The barrier may have opened: look where they are, decide anew.",
    ),
    Reason.FIRE: Words("请快走，不要停留；到集合点报到。", "Go on, do not stop; report at the assembly point."),
    Reason.NOT_IN_BOOK: Words(
        "请出示通行码，或按住户核实。短码要先在这里扫过一次码才认得；卡和车牌到居委会登记。",
        "Ask for a pass or check with the flat. A short code is known once its pass was scanned here; cards and plates"
        " are registered at the office.",
    ),
    Reason.PLATE_UNSURE: Words("请看车牌，手工输入一遍。", "Look at the plate and type it in."),
    Reason.TYPED: Words(
        "短码谁都能抄：核对是不是本人，再由您决定。",
        "Anybody can copy a short code: check it is their pass, then you decide.",
    ),
}

NEXT_OUT: Mapping[Reason, Words] = {
    Reason.ADMITTED: Words("请出。", "Let them out."),
    Reason.REPEATED: Words("同一张码，不用再登记。", "Same pass again; nothing to do."),
    Reason.UNREADABLE: Words("问清哪户即可放行，不得阻拦。", "Ask which flat and let out; never hold anyone."),
    Reason.NOT_A_PASS: Words("问清哪户即可放行，不得阻拦。", "Ask which flat and let out; never hold anyone."),
    Reason.FORGED: Words("问清哪户再放行，并通知值班人员。", "Ask which flat, let out, tell the duty officer."),
    Reason.WITHDRAWN: Words(
        "问清哪户再放行，并提醒去居委会办码。", "Ask which flat, let out; a new pass is at the office."
    ),
    Reason.NOT_YET_VALID: Words("问清哪户即可放行。", "Ask which flat and let out."),
    Reason.EXPIRED: Words("问清哪户即可放行，提醒续办。", "Ask which flat, let out, remind to renew."),
    Reason.WRONG_COMPOUND: Words("问清来访哪户即可放行。", "Ask whom they visited and let out."),
    Reason.WRONG_GATE: Words("问清哪户即可放行，提醒走对的门。", "Ask which flat, let out, remind of the right gate."),
    Reason.SPENT: Words("问清来访哪户即可放行。", "Ask whom they visited and let out."),
    Reason.CODE_USED: Words(
        "请出示现在的码，或问清哪户即可放行。", "Ask for the code of now, or which flat, and let out."
    ),
    Reason.CODE_OLD: Words(
        "请出示现在的码，或问清哪户即可放行。", "Ask for the code of now, or which flat, and let out."
    ),
    Reason.CODE_AHEAD: Words(
        "问清哪户即可放行，提醒校准手机时间。", "Ask which flat and let out; the phone's clock is fast."
    ),
    Reason.FOREIGN: Words("问清来访哪户即可放行。", "Ask whom they visited and let out."),
    Reason.FOREIGN_OUTSIDE: Words("问清来访哪户即可放行。", "Ask whom they visited and let out."),
    Reason.FOREIGN_REVOKED: Words("问清来访哪户即可放行。", "Ask whom they visited and let out."),
    Reason.FOREIGN_FALSE: Words("问清来访哪户即可放行。", "Ask whom they visited and let out."),
    Reason.QUARANTINED: Words(
        "劝其回家，立即通知值班人员；不得强行阻拦。就医、火警马上放行。",
        "Ask them to go home, call the duty officer at once; never hold by force. Doctor or fire: let out.",
    ),
    Reason.CANNOT_CHECK: Words("问清哪户即可放行。", "Ask which flat and let out."),
    Reason.CLOCK_NOT_TRUSTED: Words("问清哪户即可放行；报修时钟。", "Ask which flat and let out; report the clock."),
    Reason.HOT: Words(
        "劝其回家休息并通知值班人员；就医马上放行。", "Advise them home, tell the duty officer; to a doctor: let out."
    ),
    Reason.ALREADY_INSIDE: Words("请出。", "Let them out."),
    Reason.NOT_INSIDE: Words("核对是不是本人即可放行。", "Check it is their pass and let out."),
    Reason.QUOTA: Words(
        "说明规定，请其改天；就医、取药、急事马上放行。", "Explain, ask for another day; doctor or urgent: let out."
    ),
    Reason.FULL: Words("请出。", "Let them out."),
    Reason.CURFEW: Words("说明规定；就医、上班、急事问清后放行。", "Explain; doctor, work or urgent: ask and let out."),
    Reason.EXPECTED: Words("请出。", "Let them out."),
    Reason.BACK_HOME: Words("请出。", "Let them out."),
    Reason.RULED_BY_GUARD: Words("已记录。", "On record."),
    Reason.RULING_UNDONE: Words("不得阻拦；请重新决定。", "Never hold anyone; decide anew."),
    Reason.FIRE: Words("请快走，不要停留；到集合点报到。", "Go on, do not stop; report at the assembly point."),
    Reason.NOT_IN_BOOK: Words("问清哪户即可放行。", "Ask which flat and let out."),
    Reason.PLATE_UNSURE: Words("看一眼车牌即可放行。", "Look at the plate and let out."),
    Reason.TYPED: Words("核对是不是本人即可放行。", "Check it is their pass and let out."),
}


def next_step(reason: Reason, direction: Direction, verdict: Verdict) -> Words:
    """What the guard does next. It follows the verdict, so that nobody is held whom the house has not refused.

    That is a lane of both directions, where somebody may be on the way out, or a credential that is no pass.
    """
    comes_in = direction is Direction.IN and not is_softened(reason, verdict)
    return NEXT_IN[reason] if comes_in else NEXT_OUT[reason]
