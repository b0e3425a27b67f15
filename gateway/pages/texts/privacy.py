"""The texts of erasing a person and of receipts: a leaf of gateway/pages/texts/common.py."""

from collections.abc import Mapping

from gateway.enact.privacy import ALERT_IS_OPEN, STAY_GOES_ON
from gateway.registry.registrar import WAS_ERASED
from gateway.words.language import Words

PRIVACY_TEXTS: Mapping[str, Words] = {
    "erase": Words("删除一个人的信息", "Erase a person"),
    "erase_more": Words(
        "本人要求时使用。姓名、电话、关照立即删除，通行证作废；日志内容在中心确认后删除。隔离中的人不能删除：依据法律保存到期满。",
        "When somebody asks for it. Name, phone and care go at once, passes are refused; contents of the journal go"
        " when the centre has confirmed them. Not while a quarantine goes on: it has a legal ground until it ends.",
    ),
    "erase_subject": Words("代号（16 位，见住户页）", "Pseudonym (16 digits, on the household's page)"),
    "erase_reason": Words("原因（不写姓名）", "Reason (no names)"),
    "erase_sure": Words("我已核对代号，知道无法恢复", "I have checked the pseudonym; this cannot be undone"),
    "erase_do": Words("删除", "Erase"),
    "receipts": Words("删除回执", "Receipts of deletions"),
    "receipts_why": Words("原因", "Why"),
    "receipts_count": Words("条数", "Contents"),
    "receipts_left": Words("待中心确认", "Waiting for the centre"),
    "receipt_id": Words("回执", "Receipt"),
    "deleted_time_over": Words("期限届满", "its time was over"),
    "deleted_erased": Words("本人请求", "asked for"),
}

PRIVACY_WHYS: Mapping[str, Words] = {
    STAY_GOES_ON: Words(
        "隔离还没结束：依据法律保存到期满", "Their quarantine goes on: what has a legal ground stays until it ends"
    ),
    ALERT_IS_OPEN: Words("还有关于此人的告警，请先处置", "An alert about them is open: put it right first"),
    WAS_ERASED: Words("这个代号已删除；留空会生成新的", "That pseudonym was erased: leave it out"),
}
