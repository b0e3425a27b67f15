"""The texts of the pages about households and stays: a part of gateway/pages/texts.py."""

from collections.abc import Mapping

from gateway.language import Words

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
}

HOMES_WHYS: Mapping[str, Words] = {
    "a flat or a person is there twice": Words("同一户或同一人出现两次", "A flat or a person is there twice"),
}
