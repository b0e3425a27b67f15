"""The texts of couriers, reminders, shifts and looks through a camera: a leaf of gateway/pages/texts/common.py."""

from collections.abc import Mapping

from gateway.words.language import Words

DUTY_TEXTS: Mapping[str, Words] = {
    # couriers
    "couriers_overdue": Words("快递员还在里面", "Couriers still inside"),
    "courier": Words("快递员", "Courier"),
    "courier_left": Words("已离开", "Has left"),
    "courier_left_done": Words("已记录：已离开", "On record: has left"),
    "came_in": Words("进门", "came in"),
    # a fall
    "may_cancel": Words("佩戴者还可取消：", "The wearer may still cancel:"),
    "cancelled_falls": Words("佩戴者已取消的跌倒（方便时打电话问问）", "Falls their wearers cancelled (call later)"),
    "fallen": Words("跌倒", "fallen"),
    "couriers_inside": Words("快递员在内", "Couriers inside"),
    "couriers_late": Words("其中超时", "of them overdue"),
    # shifts
    "shift_page": Words("交接班", "Shift"),
    "choose_gate": Words("选择大门", "Choose a gate"),
    "lane": Words("通道", "Lane"),
    "shift_nobody": Words("现在没有人当班", "Nobody has begun a shift here"),
    "shift_since": Words("当班自", "on duty since"),
    "shift_begin": Words("我来当班", "Begin my shift"),
    "shift_begun_done": Words("已开始当班", "Your shift has begun"),
    "shift_take": Words("我来接班，以上已看过", "I take over, and have read this"),
    "shift_other_login": Words("请接班的人用自己的账号登录后确认。", "Whoever takes over logs in and confirms here."),
    "shift_counts": Words("本班人次", "Counted in this shift"),
    "tally_admitted": Words("放行", "Admitted"),
    "tally_refused": Words("不放行", "Refused"),
    "tally_referred": Words("请人工核实", "Referred"),
    "tally_by_hand": Words("人工放行", "By hand"),
    "tally_undone": Words("撤销", "Undone"),
    "tally_in_drills": Words("演练", "In drills"),
    "shift_open": Words("未了事项", "Open matters"),
    "referrals_waiting": Words("等门岗决定", "Waiting for the guard"),
    "silent_paths": Words("没有声息的设备", "Sensing paths down"),
    "shift_pending": Words("中心还没确认的", "Not confirmed by the centre"),
    "shift_pending_more": Words("都存着，网通后自动补报", "all is kept and sent later by itself"),
    "alerts_kind": Words("警报", "Alert"),
    "alerts_raised": Words("本班发生", "Raised"),
    "alerts_still": Words("未处置", "Still open"),
    "shift_over": Words("交班", "Hand over"),
    "shift_note_ask": Words(
        "留言（选填，200 字以内，勿写姓名电话）", "Note (optional, 200 letters; no names or phone numbers)"
    ),
    "shift_hand": Words("交班给下一班", "Hand over to the next"),
    "shift_end": Words("下班，无人接班", "End, nobody takes over"),
    "shift_handed_done": Words("已交班，请接班的人登录确认", "Handed over; whoever takes it logs in and confirms"),
    "shift_ended_done": Words("本班已结束", "The shift is over"),
    "shift_handed_over": Words("交班人", "Handed over by"),
    "shift_taken": Words("接班人", "Taken over by"),
    "shift_ended": Words("无人接班，结束人", "Ended, nobody took over, by"),
    "shift_sheets": Words("交接班记录（PDF）", "Shift sheets (PDF)"),
    "shift_sheet": Words("交接班记录", "Shift sheet"),
    "shift_of": Words("当班", "On duty"),
    "shift_note": Words("留言", "Note"),
    "shift_signed": Words("交班、接班签字", "Signed (handing over, taking over)"),
    # looks through a camera
    "lane_look": Words("看一眼现场", "One look at a lane"),
    "look_law": Words(
        "只在需要时看：谁、哪个摄像头、为什么、到几点，都记录在案，那个门岗的屏上也会写出来。画面不保存。",
        "Only when needed: who, which camera, why and until when is on record, and stands on that lane's screen. "
        "Nothing of the picture is kept.",
    ),
    "look_reason": Words("为什么要看（会记录，勿写姓名）", "Why (it is put on record; no names)"),
    "look_how_long": Words("看多久？到时自动停", "For how long? It ends by itself"),
    "seconds": Words("秒", "s"),
    "look_begun": Words("已记录，画面自动停", "On record; it ends by itself"),
    "look_over": Words("已停", "Ended"),
    "look_enough": Words("看够了", "Seen enough"),
    "look_until": Words("到", "until"),
    "look_picture": Words("现场画面（不保存）", "The lane now (nothing is kept)"),
    "look_shown": Words("正在看摄像头：", "is looking through the camera:"),
    "look_no_camera": Words("没有装在通道上的摄像头", "There is no camera at a lane"),
    # reminders
    "reminded_by": Words("中心催办：", "The centre reminds:"),
    "reminded_chip": Words("中心催办", "centre reminds"),
}

DUTY_WHYS: Mapping[str, Words] = {
    "a shift is running there": Words(
        "这个门已有人当班；请他先交班或结束", "A shift runs there: it is handed over or ended first"
    ),
    "nobody hands that shift over": Words("这一班没有人在交班", "Nobody hands that shift over"),
    "somebody else takes it over": Words("接班的人要用自己的账号", "Whoever takes over uses their own log-in"),
    "no such camera at that lane": Words("这个通道没有这个摄像头", "There is no such camera at that lane"),
    "somebody is looking already": Words("已有人在看，请等他看完", "Somebody looks already: wait until they have"),
    "no such look": Words("已经停了", "It has ended"),
    "no such shift": Words("这一班已经结束", "That shift is over"),
    "who has the shift hands it over": Words(
        "只有当班的人能交班；可以按“下班”", "Who has the shift hands it over; you may end it"
    ),
    "no such courier inside": Words("名单上没有这个快递员，可能已经出去了", "That courier is no longer on the list"),
}
