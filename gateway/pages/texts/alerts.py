"""What the pages say about the life of an alert: who is called, by when, put aside, work mode, a flood."""

from collections.abc import Mapping

from gateway.words.language import Words

ALERT_TEXTS: Mapping[str, Words] = {
    "assign": Words("指派", "Assign"),
    "assign_to": Words("指派给", "Assign to"),
    "assigned_to": Words("已叫", "Called:"),
    "assigned": Words("已指派", "Assigned"),
    "due_by": Words("还剩", "Due in"),
    "overdue": Words("已超时", "Overdue"),
    "shelve": Words("暂搁", "Put aside"),
    "shelve_why": Words("为什么暂搁", "Why"),
    "shelve_for": Words("搁多久", "For how long"),
    "shelved": Words("已暂搁，到时自动回来", "Put aside; it comes back by itself"),
    "shelved_by": Words("暂搁人", "Put aside by"),
    "until": Words("到", "until"),
    "same_case": Words("同一事件", "Same happening"),
    "holds": Words("代报", "Stands for"),
    "flood": Words("警报很多", "Many alerts"),
    "flood_more": Words("十分钟内新警报：", "New in ten minutes:"),
    "flood_do": Words(
        "先看最上面的紧急一条；同一根线、同一栋楼的会合在一起。",
        "Take the critical one at the top first; those of one cable or building are gathered.",
    ),
    "work": Words("施工", "Work mode"),
    "work_what": Words(
        "施工处的传感器警报先搁着，留有记录；呼救、跌倒、火警、有人离开照常响。",
        "Sensor alerts from where you work are put aside, on record. A call for help, a fall, a fire, a person who "
        "left: those ring.",
    ),
    "work_on": Words("安装员在此施工，传感器警报暂搁", "Installers at work: sensor alerts are put aside"),
    "work_where": Words("在哪里", "Where"),
    "work_why": Words("做什么", "What is done"),
    "work_for": Words("多久", "For how long"),
    "work_begin": Words("开始施工", "Begin work"),
    "work_end": Words("施工结束", "Work is done"),
    "work_begun": Words("已开始；呼救、跌倒、火警照常响", "Begun; a call for help, a fall or a fire still rings"),
    "work_ended": Words("已结束", "Ended"),
    "work_none": Words("现在没有施工", "No work just now"),
    "minutes": Words("分钟", "min"),
    "hours": Words("小时", "h"),
    "report": Words("警报统计", "Alert figures"),
    "report_days": Words("几天", "Days"),
    "report_csv": Words("下载表格（CSV）", "Download as CSV"),
    "per_hour": Words("每小时", "Per hour"),
    "report_kind": Words("种类", "Kind"),
    "report_count": Words("次数", "Number"),
    "worst_devices": Words("最多警报的十个设备", "The ten devices with most alerts"),
    "time_to_take": Words("多久有人接手", "Time to be taken"),
    "time_to_right": Words("多久处置完", "Time to be put right"),
    "median": Words("中位", "median"),
    "ninety": Words("九成之内", "nine in ten within"),
    "practice": Words("值班惯例", "Good practice"),
    "per_day": Words("每天", "Per day"),
    "flooded_share": Words("十分钟内超过十条的时段", "Ten-minute spans with more than ten"),
    "standing": Words("开着超过一天", "Open for over a day"),
    "is_met": Words("达到", "met"),
    "is_missed": Words("没达到", "missed"),
}

ALERT_WHYS: Mapping[str, Words] = {
    "say who is to see to it": Words("请写由谁去办", "Say who is to see to it"),
    "this alert is never put aside; take it, or close it": Words(
        "这种警报不能暂搁，请接手或处置", "This alert is never put aside; take it, or close it"
    ),
    "put aside for at most 24 hours": Words("最多暂搁 24 小时", "Put aside for at most 24 hours"),
    "work mode lasts at most 8 hours": Words("施工模式最多 8 小时", "Work mode lasts at most 8 hours"),
    "say where the work is": Words("请写在哪里施工", "Say where the work is"),
    "unknown place": Words("没有这个地方", "There is no such place"),
    "unknown device": Words("没有这个设备", "There is no such device"),
    "no such work": Words("没有这次施工，可能已结束", "No such work; it may have ended"),
}
