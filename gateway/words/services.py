"""A service and its state in; its words out, in both languages.

Floor 2, a pure room. A member without words fails tests/gateway/test_words.py.
"""

from collections.abc import Mapping

from gateway.services import Purpose, ServiceState
from gateway.words.language import Words

PURPOSES: Mapping[Purpose, Words] = {
    Purpose.FOOD: Words("送餐送菜", "Food"),
    Purpose.MEDICINE: Words("送药", "Medicine"),
    Purpose.SWAB: Words("采样", "Swab"),
    Purpose.WASTE: Words("收垃圾", "Waste"),
    Purpose.REPAIR: Words("维修", "Repair"),
    Purpose.OTHER: Words("其他", "Something else"),
}

SERVICE_STATES: Mapping[ServiceState, Words] = {
    ServiceState.ASKED: Words("等待答复", "Waiting for an answer"),
    ServiceState.APPROVED: Words("已同意", "Granted"),
    ServiceState.TAKEN: Words("有人去了", "Somebody is on the way"),
    ServiceState.DELIVERED: Words("已送到门口", "At the door"),
    ServiceState.CONFIRMED: Words("已收到", "Received"),
    ServiceState.DENIED: Words("没有同意", "Not granted"),
    ServiceState.WITHDRAWN: Words("已取消", "Taken back"),
    ServiceState.LAPSED: Words("没有办成", "Nobody came"),
}

PURPOSE_ICONS: Mapping[Purpose, str] = {
    Purpose.FOOD: "utensils",
    Purpose.MEDICINE: "pill",
    Purpose.SWAB: "test-tube",
    Purpose.WASTE: "trash-2",
    Purpose.REPAIR: "wrench",
    Purpose.OTHER: "message-circle",
}

STATE_ICONS: Mapping[ServiceState, str] = {
    ServiceState.ASKED: "clock",
    ServiceState.APPROVED: "check",
    ServiceState.TAKEN: "truck",
    ServiceState.DELIVERED: "package",
    ServiceState.CONFIRMED: "circle-check",
    ServiceState.DENIED: "circle-x",
    ServiceState.WITHDRAWN: "undo-2",
    ServiceState.LAPSED: "phone",
}
