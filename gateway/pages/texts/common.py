"""A name and a language in, a text of the pages out: the pages' own leaf of the catalogue of
gateway/words/catalogue.py."""

from collections.abc import Mapping
from functools import cache

from gateway.pages.texts.alerts import ALERT_TEXTS, ALERT_WHYS
from gateway.pages.texts.board import BOARD_TEXTS, BOARD_WHYS
from gateway.pages.texts.care import CARE_TEXTS, CARE_WHYS
from gateway.pages.texts.cases import CASE_TEXTS, CASE_WHYS
from gateway.pages.texts.drill import DRILL_TEXTS, DRILL_WHYS
from gateway.pages.texts.duty import DUTY_TEXTS, DUTY_WHYS
from gateway.pages.texts.gate import GATE_TEXTS, GATE_WHYS
from gateway.pages.texts.homes import HOMES_TEXTS, HOMES_WHYS
from gateway.pages.texts.look import LOOK_TEXTS
from gateway.pages.texts.privacy import PRIVACY_TEXTS, PRIVACY_WHYS
from gateway.pages.texts.reports import REPORT_TEXTS
from gateway.pages.texts.rounds import ROUND_TEXTS, ROUND_WHYS
from gateway.pages.texts.security import SECURITY_TEXTS, SECURITY_WHYS
from gateway.pages.texts.services import SERVICE_TEXTS, SERVICE_WHYS
from gateway.words.language import Tongue, Words

TEXTS: Mapping[str, Words] = {
    # on every page
    "product": Words("门神", "Menshen"),
    "guard": Words("门岗", "Gate"),
    "alerts": Words("警报", "Alerts"),
    "board": Words("楼栋", "Board"),
    "logout": Words("退出登录", "Log out"),
    "skip": Words("跳到正文", "Skip to the page"),
    "pages_menu": Words("页面", "Pages"),
    "not_live": Words("网关没有回应，画面已停止更新", "Gateway not answering: this page is not live"),
    "not_live_more": Words(
        "与网关失去联系，正在重连；屏上是旧内容，请按规程人工核实。",
        "No word from the gateway, trying again. What you see is old: check by hand.",
    ),
    "old_answer": Words("这是刚才那个人的", "This was for somebody before"),
    "just_changed": Words(
        "刚换了一个人，没有按上；看清楚再按", "Another person just now: nothing was pressed. Look, then press"
    ),
    "not_sent": Words(
        "网关没有回答：看列表，没有记上就再按一次", "No answer from the gateway: not on the list? Press again"
    ),
    "connecting": Words("正在连接网关……", "Connecting to the gateway …"),
    "sound_on": Words("声音已开", "Sound on"),
    "sound_off": Words("已静音", "Muted"),
    "sound_ask": Words("点此开声音", "Tap for sound"),
    # {n} is the number; they run by themselves (menshen.js)
    "age_seconds": Words("{n} 秒前", "{n} s ago"),
    "age_minutes": Words("{n} 分钟前", "{n} min ago"),
    "age_hours": Words("{n} 小时前", "{n} h ago"),
    "age_days": Words("{n} 天前", "{n} d ago"),
    "clock": Words("现在时间", "The time now"),
    # fire
    "fire": Words("火警", "Fire"),
    "fire_law": Words(
        "着火时不用登录：按下按钮，所有通道立刻打开并一直开着。先打 119。",
        "In a fire nobody need log in: press, and every lane opens at once and stays open. Call 119 first.",
    ),
    "fire_button": Words("着火了，打开所有通道", "Fire: open every lane"),
    "fire_burning": Words("火警中，所有通道开着", "Fire: every lane is held open"),
    "fire_suspected": Words("疑似火警", "Fire suspected"),
    "fire_doors": Words("户门几乎同时打开", "doors opened at about the same time"),
    "fire_suspected_more": Words(
        "马上去看、去问。是火就按下面的按钮：所有通道打开。不是火，到警报页处置。",
        "Look and ask at once. If it is a fire, press the button: every lane opens. If not, put the alert right.",
    ),
    "fire_open": Words("所有通道已打开", "Every lane is open"),
    "fire_open_unrecorded": Words(
        "所有通道已打开；存储没有回应，记录可能缺失",
        "Every lane is open; the disk did not answer, it may not be on record",
    ),
    "fire_end": Words("火警解除，通道恢复正常", "The fire is over, lanes back to normal"),
    "fire_over": Words("火警已解除", "The fire is over"),
    "muster": Words("清点名单", "Muster list"),
    "muster_flat": Words("住处", "Flat"),
    "muster_help": Words("先帮助", "Help first"),
    "muster_known": Words("已知情况", "What is known"),
    "muster_found": Words("已找到", "Found"),
    "muster_inside": Words("已进入", "came in"),
    "muster_visitor": Words("访客", "Visitor"),
    "muster_nobody": Words("没有已知在内的人", "Nobody is known to be inside"),
    "muster_in_fire": Words("火警时这里显示清点名单。", "In a fire the muster list stands here."),
    "muster_log_in": Words("登录后看清点名单。", "Log in to see the muster list."),
    # the status line
    "status": Words("网关状态", "State of the gateway"),
    "trust_list": Words("名单", "Pass list"),
    "trust_none": Words("没有名单，无法核验", "No pass list: cannot check"),
    "trust_old": Words("该更新了", "due for an update"),
    "uplink": Words("上报", "Centre"),
    "uplink_none": Words("未设中心，都存在本机", "No centre configured, all is kept here"),
    "uplink_ok": Words("已送达", "up to date"),
    "uplink_waiting": Words("条待送", "waiting"),
    "uplink_down": Words("断网，都存着", "offline, all is kept"),
    "uplink_kept": Words("都存着", "all is kept"),
    "uplink_broker": Words("仅服务器确认", "confirmed by the broker only"),
    "reach": Words("手机通知", "Phones"),
    "reach_none": Words("没有设置，无人看屏时没人知道", "no channel: with no page open nobody is told"),
    "reach_ok": Words("已设置", "set up"),
    "reach_failing": Words("发不出去", "not going out"),
    "clock_ok": Words("时钟已校准", "Clock trusted"),
    "clock_bad": Words("时钟未校准", "Clock not trusted"),
    "outage_left": Words("断网还能存（小时）", "hours of outage left"),
    # log in
    "login_title": Words("登录", "Log in"),
    "login_name": Words("姓名或工号", "Name or staff number"),
    "login_pin": Words("PIN 码", "PIN"),
    "login_button": Words("登录", "Log in"),
    "login_wrong": Words("姓名或 PIN 码不对", "Name or PIN is wrong"),
    "login_wait": Words("试得太多，请等待（秒）：", "Too many tries. Seconds to wait:"),
    "login_hint": Words(
        "忘记 PIN 码请找居委会重设。扫码不受影响。",
        "Forgot it? The committee sets a new one. Scanning goes on meanwhile.",
    ),
    "login_motto": Words("守好门，看好人", "Guard the gate, look after the people"),
    # guard
    "all_lanes": Words("全部通道", "All lanes"),
    "choose_lane": Words("选择通道", "Choose a lane"),
    "ready": Words("请出示通行码", "Ready for a pass"),
    "ready_more": Words("还没有人扫码", "Nobody has shown a code yet"),
    "last_twenty": Words("最近二十次", "The last twenty"),
    "nothing_yet": Words("还没有记录", "Nothing yet"),
    "list_version": Words("依据名单第", "by pass list no."),
    "waiting_for_ruling": Words("等您决定", "Waiting for you"),
    "rule_other": Words("其他理由（选填）", "Other reason (optional)"),
    "rule_admit": Words("人工放行", "Admit by hand"),
    "rule_refuse": Words("不放行", "Do not admit"),
    "rule_out": Words("出门不得阻拦；有疑问通知值班人员。", "Nobody is kept in; when in doubt call the duty officer."),
    "rule_done": Words("已记录您的决定", "Your ruling is on record"),
    "rule_again": Words(
        "刚才那次已经记上了，没有重复记录；是下一个人，请再按一次",
        "The last press is on record already, and was not counted twice. Somebody else? Press once more",
    ),
    "rule_by_hand": Words("没有码、有急事？人工登记放行", "No code, or urgent? Admit by hand"),
    "by": Words("经手", "by"),
    "known_resident": Words("认识的住户", "Known resident"),
    "checked_by_phone": Words("电话核实过住户", "Checked with the flat by phone"),
    "saw_identity_card": Words("看过证件", "Saw an identity card"),
    "emergency": Words("就医或紧急情况", "Doctor or emergency"),
    "duty_officer_agreed": Words("值班人员同意", "Duty officer agreed"),
    **GATE_TEXTS,
    **SERVICE_TEXTS,
    **LOOK_TEXTS,
    **DUTY_TEXTS,
    **CARE_TEXTS,
    **PRIVACY_TEXTS,
    **DRILL_TEXTS,
    **HOMES_TEXTS,
    **BOARD_TEXTS,
    # alerts
    "open_alerts": Words("未处置警报", "Open alerts"),
    "no_alerts": Words("没有未处置的警报", "No open alerts"),
    "no_alerts_more": Words("有新警报会响铃并出现在这里。", "A new one rings and appears here."),
    "since": Words("发生于", "since"),
    "times": Words("次", "times"),
    "next": Words("下一步", "What to do"),
    "take": Words("我来接手", "I take it"),
    "taken_by": Words("接手人", "Taken by"),
    "still_so": Words("仍在持续", "still going on"),
    "over_already": Words("已恢复，仍请查看", "gone by itself, still look"),
    "close": Words("处置完毕", "Put right"),
    "closing": Words("结果", "What was it"),
    "comment": Words("备注（选填，勿写姓名电话）", "Note (optional; no names or phone numbers)"),
    "filter": Words("筛选", "Filter"),
    "filter_severity": Words("级别", "Severity"),
    "filter_state": Words("状态", "State"),
    "all": Words("全部", "All"),
    "more_alerts": Words("条未列出，请筛选", "more not listed; filter"),
    "drill": Words("演练", "Drill"),
    "taken": Words("已由您接手", "It is yours now"),
    "closed": Words("已处置", "Put right, on record"),
    # board
    "buildings": Words("楼栋一览", "Buildings"),
    "building_pick": Words("点一栋楼看各户。", "Choose a building to see its flats."),
    "flats": Words("户", "flats"),
    "in_quarantine": Words("隔离中", "in quarantine"),
    "served": Words("已期满", "days served"),
    "doors_open": Words("门开着", "doors open"),
    "silent_devices": Words("无声息", "silent"),
    "floor": Words("层", "floor"),
    "door_open": Words("门开", "door open"),
    "door_shut": Words("门关", "door shut"),
    "door_silent": Words("门磁无声息", "door silent"),
    "door_unheard": Words("门磁待报到", "door not heard yet"),
    "band_off": Words("手环未戴", "band off"),
    "band_silent": Words("手环无声息", "band silent"),
    "band_none": Words("尚无体温", "no temperature yet"),
    "sos": Words("呼救", "help called"),
    "window_now": Words("上门服务中", "service window"),
    "alerts_open": Words("警报", "alerts"),
    "legend": Words("图例", "Key"),
    # flat
    "flat_now": Words("现在", "Now"),
    "flat_empty": Words("此户没有隔离人员。", "Nobody in quarantine in this flat."),
    "person": Words("代号", "Pseudonym"),
    "ground": Words("依据", "Legal ground"),
    "days": Words("起止", "Days"),
    "first_day": Words("起始日", "First day"),
    "day_count": Words("天数", "Number of days"),
    "band": Words("手环编号（选填）", "Wristband (optional)"),
    "band_of": Words("手环", "Wristband"),
    "pseudonym_new": Words("代号（留空则新生成）", "Pseudonym (empty: a new one)"),
    "begin": Words("开始居家隔离", "Begin a home quarantine"),
    "begin_button": Words("开始隔离", "Begin"),
    "end": Words("解除或更正", "End it or set it right"),
    "end_reason": Words("原因", "Reason"),
    "end_button": Words("解除隔离", "End the quarantine"),
    "window_purpose": Words("事由", "Purpose"),
    "window_from": Words("开始时间", "From"),
    "window_minutes": Words("时长（分钟）", "Minutes"),
    "window_button": Words("开窗", "Open the window"),
    "windows": Words("上门服务", "Service windows"),
    "no_windows": Words("没有安排。", "None planned."),
    "food": Words("送餐", "Food"),
    "medicine": Words("送药", "Medicine"),
    "swab": Words("采样", "Swab"),
    "waste": Words("收垃圾", "Waste"),
    "repair": Words("维修", "Repair"),
    "other": Words("其他", "Other"),
    "back": Words("返回楼栋", "Back to the building"),
    "done": Words("已办好并存盘", "Done and on disk"),
    # what went wrong
    "error_400": Words("填写有误，请检查后再试", "Something in the form is not right"),
    "error_401": Words("请先登录", "Please log in"),
    "error_403": Words("您的岗位不能用这个页面", "Your role cannot use this"),
    "error_404": Words("没有这个页面", "There is no such page"),
    "error_405": Words("不能这样操作", "That cannot be done here"),
    "error_409": Words("没有办成", "That was not done"),
    "error_413": Words("内容太长", "That is too long"),
    "error_429": Words("操作太快，请稍等", "Too fast, please wait"),
    "error_503": Words("网关忙，请稍后再试", "The gateway is busy, try again shortly"),
    "error_home": Words("回到首页", "Back to the first page"),
    "expired_form": Words("页面放得太久，请刷新后再试", "The page is too old, reload it and try again"),
    **SECURITY_TEXTS,
    **ALERT_TEXTS,
    **CASE_TEXTS,
    **REPORT_TEXTS,
    **ROUND_TEXTS,
}

WHYS: Mapping[str, Words] = {
    **GATE_WHYS,
    **SERVICE_WHYS,
    **SECURITY_WHYS,
    **DUTY_WHYS,
    **CARE_WHYS,
    **PRIVACY_WHYS,
    **ALERT_WHYS,
    **CASE_WHYS,
    **ROUND_WHYS,
    **DRILL_WHYS,
    **HOMES_WHYS,
    **BOARD_WHYS,
    "unknown lane": Words("没有这个通道", "There is no such lane"),
    "a reason is needed": Words("请写理由", "A reason is needed"),
    "unknown compound": Words("没有这个小区", "There is no such compound"),
    "there is no fire there": Words("那里没有火警", "There is no fire there"),
    "a name is needed": Words("必须署名", "A name is needed"),
    "unknown flat": Words("没有这一户", "There is no such flat"),
    "the legal ground is mandatory": Words("必须写明依据", "The legal ground is mandatory"),
    "the last day is before the first": Words("期满日早于起始日", "The last day is before the first"),
    "the band is already worn": Words("这只手环已有人戴", "That wristband is already worn"),
    "unknown quarantine": Words("没有这次隔离，可能已解除", "No such quarantine; it may have ended"),
    "the window closes before it opens": Words("结束早于开始", "It would close before it opens"),
    "no such open alert": Words("此警报已不在，可能已处置", "No such open alert; it may have been put right"),
}

PURPOSES = ("food", "medicine", "swab", "waste", "repair", "other")
REASONS_TO_ADMIT = ("checked_by_phone", "saw_identity_card", "known_resident", "emergency", "duty_officer_agreed")


@cache
def texts(lang: Tongue) -> Mapping[str, str]:
    """All texts of one language, as the templates read them."""
    return {name: said.in_(lang) for name, said in TEXTS.items()}


def why_words(why: str, lang: Tongue) -> str:
    """What the house gave as its reason, in words where they are known."""
    said = WHYS.get(why)
    return why if said is None else said.in_(lang)
