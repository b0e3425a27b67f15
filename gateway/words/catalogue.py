"""A word of the house and a language in, what a person reads out: the one catalogue, Chinese first.

Floor 2, a pure room. Findings carry a kind and parameters; here they get their words, for the pages and for the
`text_zh` and `text_en` of messages. A member without words in both languages fails tests/gateway/test_words.py.
The answers at a lane stand in gateway/words/reasons.py and texts that only the pages need in
gateway/pages/texts/common.py, in the same form.
"""

from collections.abc import Mapping

from gateway.compound import DeviceKind, Direction
from gateway.events.every import Proof
from gateway.findings import AlertState, Closing, Verdict
from gateway.kinds import Kind, Severity
from gateway.words.kinds import KINDS
from gateway.words.language import Lang, Words

VERDICTS: Mapping[Verdict, Words] = {
    Verdict.ADMIT: Words("放行", "Admit"),
    Verdict.REFUSE: Words("不放行", "Refuse"),
    Verdict.REFER: Words("请人工核实", "Guard decides"),
}

SEVERITIES: Mapping[Severity, Words] = {
    Severity.CRITICAL: Words("紧急", "Critical"),
    Severity.HIGH: Words("严重", "High"),
    Severity.MEDIUM: Words("一般", "Medium"),
    Severity.LOW: Words("轻微", "Low"),
}

STATES: Mapping[AlertState, Words] = {
    AlertState.RAISED: Words("待接手", "Nobody on it"),
    AlertState.ACKNOWLEDGED: Words("已接手", "Taken"),
    AlertState.CLEARED: Words("已恢复", "Cleared"),
    AlertState.CLOSED: Words("已处置", "Closed"),
    AlertState.SHELVED: Words("暂搁", "Shelved"),
}

CLOSINGS: Mapping[Closing, Words] = {
    Closing.REAL: Words("情况属实", "Real"),
    Closing.RESIDENT_ERROR: Words("住户误动", "Resident's mistake"),
    Closing.DEVICE_FAULT: Words("设备故障", "Device fault"),
    Closing.TEST: Words("测试", "Test"),
    Closing.DRILL: Words("演练", "Drill"),
    Closing.WEARER: Words("佩戴者已取消", "Cancelled by wearer"),
}

DEVICE_KINDS: Mapping[DeviceKind, Words] = {
    DeviceKind.DOOR: Words("门磁", "Door sensor"),
    DeviceKind.BAND: Words("手环", "Wristband"),
    DeviceKind.CAMERA: Words("摄像头", "Camera"),
    DeviceKind.SCANNER: Words("扫码枪", "Scanner"),
    DeviceKind.RADIO: Words("蓝牙", "Radio"),
    DeviceKind.CABLE: Words("线缆", "Cable"),
    DeviceKind.OUTPUT: Words("开门输出", "Lane output"),
    DeviceKind.THERMOMETER: Words("通道测温", "Lane thermometer"),
    DeviceKind.NEIGHBOUR: Words("其他门的网关", "Other gateways"),
    DeviceKind.METER: Words("水表", "Water meter"),
    DeviceKind.FIRE: Words("火警触点", "Fire contact"),
    DeviceKind.OBSTRUCTION: Words("通道光栅", "Exit light barrier"),
}

PROOFS: Mapping[Proof, Words] = {
    Proof.GENUINE: Words("签名真实", "Genuine"),
    Proof.UNREADABLE: Words("读不出来", "Unreadable"),
    Proof.FORGED: Words("伪造", "Forged"),
    Proof.WITHDRAWN: Words("已注销", "Withdrawn"),
    Proof.UNCHECKED: Words("未能核验", "Not checked"),
    Proof.UNKNOWN: Words("不在册", "Not in the book"),
    Proof.UNSURE: Words("没有看清", "Not read for sure"),
}

DIRECTIONS: Mapping[Direction, Words] = {
    Direction.IN: Words("进", "In"),
    Direction.OUT: Words("出", "Out"),
    Direction.BOTH: Words("进出", "In and out"),
}

HOLDERS: Mapping[str, Words] = {
    "resident": Words("居民", "Resident"),
    "visitor": Words("访客", "Visitor"),
    "staff": Words("工作人员", "Staff"),
    "courier": Words("快递外卖", "Courier"),
    "volunteer": Words("志愿者", "Volunteer"),
    "observed": Words("居家隔离", "Home quarantine"),
}


def holder_words(holder: str) -> Words:
    """The kind of pass in words; an unknown kind is shown as it came."""
    return HOLDERS.get(holder, Words(holder, holder))


def alert_text(
    kind: Kind,
    place_path: str,
    lang: Lang,
    *,
    state: AlertState = AlertState.RAISED,
    celsius: float | None = None,
    count: int = 1,
    drill: bool = False,
    closing: Closing | None = None,
) -> str:
    """One line for a message, a short text or a voice: what, where, how bad, what became of it."""
    what = KINDS[kind].in_(lang)
    if celsius is not None:
        what = f"{what} {celsius:.1f} °C"
    if count > 1:
        what = f"{what} ×{count}"
    zh = lang is Lang.ZH
    line = what if not place_path else (f"{place_path}：{what}" if zh else f"{place_path}: {what}")
    if closing is Closing.WEARER:
        line = f"{line}（{CLOSINGS[closing].zh}）" if zh else f"{line}, {CLOSINGS[closing].en.lower()}"
    elif state is not AlertState.RAISED:
        line = f"{line}（{STATES[state].zh}）" if zh else f"{line} ({STATES[state].en.lower()})"
    return in_a_drill(line, lang, drill=drill)


def in_a_drill(line: str, lang: Lang, *, drill: bool) -> str:
    """A line of a drill says so before anything else."""
    if not drill:
        return line
    return f"【演练】{line}" if lang is Lang.ZH else f"[drill] {line}"
