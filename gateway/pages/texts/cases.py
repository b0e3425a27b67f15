"""The texts of the duty page: my cases, whom to call. A leaf of gateway/pages/texts/common.py."""

from collections.abc import Mapping

from gateway.words.language import Words

CASE_TEXTS: Mapping[str, Words] = {
    "menu_more": Words("更多", "More"),
    "menu_watch": Words("值守", "On watch"),
    "menu_people": Words("住户", "People"),
    "menu_figures": Words("数字", "Figures"),
    "menu_gate": Words("门岗", "The gate"),
    "menu_house": Words("人员和设备", "Staff and devices"),
    "look_menu": Words("通道画面", "Look at a lane"),
    "looks_menu": Words("谁看过什么", "Who looked at what"),
    "duty": Words("值班", "On duty"),
    "cases_mine": Words("我的", "Mine"),
    "cases_nobodys": Words("还没人接手", "Nobody has taken these"),
    "cases_others": Words("别人在办", "Others see to these"),
    "cases_aside": Words("暂搁", "Put aside"),
    "cases_none": Words("没有要办的事", "Nothing to see to"),
    "cases_none_more": Words("有事这里会响，请开着这一页。", "It rings here when there is. Leave this page open."),
    "case_take": Words("接手", "Take it"),
    "case_go": Words("我去", "I am going"),
    "case_going": Words("已记录：正在赶去", "On record: you are on your way"),
    "case_on_the_way": Words("正在赶去", "on the way"),
    "case_note": Words("记一笔", "Note"),
    "case_note_what": Words("写一句（不写姓名、电话）", "A line, without names or numbers"),
    "case_noted": Words("已记下", "Written down"),
    "case_note_keep": Words("记下", "Keep it"),
    "case_timeline": Words("经过", "What happened"),
    "case_which": Words("哪一条", "Which"),
    "case_all": Words("全部", "All of it"),
    "case_give": Words("交给别人", "Give to somebody"),
    "case_whom": Words("电话", "Phone"),
    "case_flat": Words("房屋", "Flat"),
    "duty_tasks": Words("要打电话或敲门", "to call or knock"),
    "duty_asked": Words("上门服务待答复", "services to answer"),
    "duty_services": Words("上门服务在办", "services under way"),
    "duty_expected": Words("等待到达", "expected to arrive"),
    # whom to call
    "call_title": Words("打给谁", "Whom to call"),
    "call_on_record": Words("您看了这一户的姓名和电话，已记录在案。", "That you looked at these names is on record."),
    "call_nobody": Words(
        "这一户没有登记人员。可以上门，或问楼组长。", "Nobody is registered here. Go there, or ask the stairwell head."
    ),
    "call_no_number": Words("没有登记电话", "No number registered"),
    "call_back": Words("返回", "Back"),
    "call_him": Words("打电话", "Call"),
    "call_about": Words("这次是此人", "This is about them"),
}

CASE_WHYS: Mapping[str, Words] = {
    "no such open case": Words("这件事已经处置完", "This has been put right already"),
    "write what there is to say": Words("请写一句", "Write what there is to say"),
    "a note has at most 200 letters": Words("最多 200 个字", "A note has at most 200 letters"),
    "no phone or identity number in a note": Words("记录里不要写电话或证件号", "No phone or identity number in a note"),
}
