"""The texts of drills: a leaf of gateway/pages/texts/common.py."""

from collections.abc import Mapping

from gateway.words.language import Words

DRILL_TEXTS: Mapping[str, Words] = {
    "drills": Words("演练", "Drills"),
    "drill_now": Words(
        "演练进行中：标“演练”的不是真的，其余都是真的", "Drill: what is marked is not real, all else is"
    ),
    "drill_until": Words("到", "until"),
    "drill_none": Words("现在没有演练。", "There is no drill now."),
    "drill_begin": Words("开始演练", "Begin a drill"),
    "drill_end": Words("结束演练", "End the drill"),
    "drill_reason": Words("演练什么", "What is rehearsed"),
    "drill_where": Words("在哪里", "Where"),
    "drill_devices": Words("或哪些设备（编号，用空格隔开）", "Or which devices (ids, with blanks between)"),
    "drill_minutes": Words("多少分钟", "Minutes"),
    "drill_phones": Words("也通知手机和短信", "phones and text messages are told as well"),
    "drill_life": Words("也演练这些（不选就总是真的）", "Rehearse these too (otherwise they are always real)"),
    "drill_life_more": Words(
        "选了以后，真出事也会标“演练”：现场要有人，出了真事马上结束演练，仍未恢复的会按真警报再报。",
        "Once chosen, a real one is marked as a drill as well: have somebody there, and end the drill at once if "
        "something happens; what is still so is told again as real.",
    ),
    "drill_more": Words(
        "所选地方和设备发出的警报、门口的放行和上门服务申请都标“演练”，不计入报表；其他地方都是真的。呼救、跌倒、火警、发烧总是真的，除非下面选了或点名了那个设备。到时自动结束，仍未恢复的和还在等的按真的再报。火警演练会真的打开通道。",
        "Alerts from these places and devices, decisions at these lanes and requests for service there are marked as a "
        "drill and counted in no report; all others stay real. Calls for help, falls, fires and fevers are always real "
        "unless they are chosen below or their device is named. It ends by itself, and what is still so, or still "
        "waited for, is told as real then. A fire drill really opens the lanes.",
    ),
    "drill_saved": Words("已记录", "On record"),
}

DRILL_WHYS: Mapping[str, Words] = {
    "a drill lasts at most 12 hours": Words("演练最长 12 小时", "A drill lasts at most 12 hours"),
    "say where the drill is": Words("要选地方或设备", "Choose a place or a device"),
    "no such drill": Words("没有这个演练，可能已结束", "There is no such drill; it may be over"),
    "more than 8 drills at once": Words("同时最多 8 个演练", "At most 8 drills at once"),
}
