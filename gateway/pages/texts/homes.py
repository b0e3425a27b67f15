"""The texts of the pages about households and stays: a part of gateway/pages/texts/common.py."""

from collections.abc import Mapping

from gateway.words.language import Words

HOMES_TEXTS: Mapping[str, Words] = {
    # the registry
    "registry": Words("名册", "Registry"),
    "registry_holds": Words("现有登记", "In the registry"),
    "registry_flats": Words("户", "flats"),
    "registry_empty": Words("空置", "empty"),
    "registry_let": Words("出租", "let"),
    "registry_people": Words("人", "people"),
    "registry_cared": Words("需关爱", "with care marks"),
    "registry_volunteers": Words("志愿者", "volunteers"),
    "registry_heads": Words("楼组长", "heads of stairwells"),
    "registry_import": Words("导入名册", "Take in a list"),
    "registry_import_how": Words(
        "CSV 或 Excel（XLSX）。先检查，看清会改什么，再确认。表里写到的户以表为准，没写到的户不变。",
        "CSV or Excel (XLSX). It is checked first; you see what would change, then confirm. A flat in the list becomes "
        "as the list says; the others stay.",
    ),
    "registry_file": Words("文件", "File"),
    "registry_check": Words("检查", "Check it"),
    "registry_template": Words("空白模板", "Empty template"),
    "registry_export": Words("导出名册", "Take the list out"),
    "registry_export_how": Words(
        "文件里有姓名和电话的原文。谁在何时导出会记录在案。",
        "Names and phone numbers stand in it in plain. Who took it, and when, is on record.",
    ),
    "registry_format": Words("格式", "Format"),
    "registry_export_button": Words("导出", "Take it out"),
    "registry_faults": Words("有错误，什么都没有导入", "Something is wrong: nothing was taken in"),
    "registry_where": Words("位置", "Where"),
    "registry_what": Words("问题", "What is wrong"),
    "registry_more": Words("另外还有", "More:"),
    "registry_would": Words("确认后会这样改", "What it would change"),
    "registry_rows": Words("表中行数", "Rows in the list"),
    "registry_new": Words("新增户", "New flats"),
    "registry_changed": Words("改动户", "Flats that change"),
    "registry_same": Words("不变户", "Flats that stay"),
    "registry_coming": Words("新登记的人", "People who come in"),
    "registry_leaving": Words("离开登记的人", "People who leave it"),
    "registry_confirm": Words("确认导入", "Take it in"),
    "registry_leave_it": Words("不导入", "Leave it"),
    "registry_nothing": Words("没有变化，不用导入。", "Nothing would change."),
    "registry_gone": Words("已过期，请重新检查文件", "That was too long ago: check the file again"),
    # one household
    "household": Words("户内人员", "Household"),
    "household_flat": Words("房屋页", "The flat"),
    "household_on_record": Words("查看姓名已记录在案。", "That you looked at these names is on record."),
    "household_use": Words("用途", "Use"),
    "household_keep": Words("保存", "Keep"),
    "household_change": Words("修改", "Change"),
    "household_add": Words("加一个人", "Add somebody"),
    "household_nobody": Words("没有登记的人", "Nobody is registered"),
    "household_name": Words("姓名", "Name"),
    "household_phone": Words("电话", "Phone"),
    "household_head": Words("楼组长（单元）", "Head of stairwell"),
    "household_volunteer": Words("志愿者", "Volunteer"),
    "household_care": Words("关爱标记和跟进", "Care marks and their follow-up"),
    "household_follow_up": Words("跟进", "Follow-up"),
    "household_leaves": Words("不再住这里，删去登记", "Lives here no more: remove"),
    "household_not_empty": Words("还有人登记在这里", "Somebody is still registered here"),
    "household_names": Words("户内人员（查看会记录）", "Household (looking is on record)"),
    "origin": Words("来源类别", "Origin"),
    # enrolment
    "enrol": Words("隔离登记", "Quarantine"),
    "enrol_flat": Words("哪一户", "Which flat"),
    "enrol_find": Words("找", "Find"),
    "enrol_no_flat": Words("没有这个房屋", "There is no such flat"),
    "enrol_many_flats": Words(
        "可能是几个房屋，请写全楼号、单元、室", "Could be several: write building, unit and flat"
    ),
    "enrol_notice": Words("门上告示（PDF）", "Notice for the door (PDF)"),
    "enrol_change": Words("延长、住院、换房、解除", "Extend, hospital, move, release"),
    "enrol_last_day": Words("新的最后一天", "New last day"),
    "enrol_to": Words("换到哪一户", "To which flat"),
    "enrol_hospital": Words("住院", "in hospital"),
    "enrol_extend": Words("延长", "Extend"),
    "enrol_suspend": Words("离家，暂停看护", "Away: watch nothing"),
    "enrol_move": Words("换房", "Move"),
    "enrol_away": Words("不在家", "Away"),
    "enrol_resume": Words("已回家，恢复看护", "Back home: watch again"),
    "enrol_expected": Words("应在此前到达：", "expected by"),
    "enrol_take_back": Words("不来了，撤销", "They do not come: take back"),
    "enrol_released": Words("已解除", "released"),
    "enrol_note": Words("解除告知单（PDF）", "Note of release (PDF)"),
    "enrol_band_back": Words("手环已收回并消毒", "The band is back and cleaned:"),
    "enrol_door": Words("门磁：", "Door sensor:"),
    "enrol_no_door": Words("这户没有门磁，门开了不会知道", "No door sensor here: nobody will know when the door opens"),
    "enrol_who": Words("登记哪些人", "Who"),
    "enrol_new_name": Words("名册里没有的人：姓名", "Somebody who is not in the registry: name"),
    "enrol_arrive_by": Words("还没到的：最迟何时到", "Not here yet: expected by"),
    "enrol_nobody": Words("请勾选或写上至少一个人", "Tick or name at least one person"),
    "enrol_band_twice": Words("同一个手环给了两个人", "One band was given to two people"),
}

HOMES_WHYS: Mapping[str, Words] = {
    "the band was not given back": Words("手环还没有收回", "The band was not given back yet"),
    "the band needs a new key": Words("手环要先换密钥", "The band needs a new key first"),
    "the band is still worn": Words("手环还有人戴着", "The band is still worn"),
    "they are away": Words("人不在家", "They are away"),
    "they are not away": Words("人没有离家", "They are not away"),
    "the hour of return is past, or more than 60 days away": Words(
        "返回时间已过，或在 60 天以后", "The hour of return is past, or more than 60 days away"
    ),
    "no such band is to come back": Words("没有这只待收的手环", "No such band is to come back"),
    "they are in that flat": Words("已经在这一户", "They are in that flat already"),
    "it lasts until then already; to end it earlier, release": Words(
        "本来就到那天；要提前请用解除", "It lasts until then already; to end it earlier, release"
    ),
    "a flat or a person is there twice": Words("同一户或同一人出现两次", "A flat or a person is there twice"),
}
