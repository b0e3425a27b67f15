"""What the pages about services at quarantine doors say: the residents' page in short words, beside icons."""

from collections.abc import Mapping

from gateway.words.language import Words

SERVICE_TEXTS: Mapping[str, Words] = {
    "services": Words("上门服务", "Services"),
    "door_title": Words("需要什么？", "What do you need?"),
    "door_hint": Words("点一下图标。我们来送，您再开门。", "Tap a picture. We bring it; open the door then."),
    "door_words": Words("补充一句（选填，勿写姓名电话）", "A few words (optional; no names or phone numbers)"),
    "door_yours": Words("您的请求", "Your requests"),
    "door_none": Words("还没有请求。", "Nothing asked yet."),
    "door_call": Words("急事、没人理，请打：", "Urgent, or nobody answers? Call:"),
    "door_call_nobody": Words("急事、没人理，请打居委会电话。", "Urgent, or nobody answers? Call the committee."),
    "door_emergency": Words(
        "火警 119 · 急救 120 · 随时可以出门逃生", "Fire 119 · Ambulance 120 · In danger just go out"
    ),
    "door_free": Words(
        "此户现在没有隔离：您可以自己开门，不用申请。",
        "Nobody here is in quarantine now: open your door as you like, nothing need be asked.",
    ),
    "door_unknown": Words(
        "这张码不认识。请打居委会电话，或用旁边的新码。",
        "This code is not known. Call the committee, or use a newer one.",
    ),
    "door_failed": Words("没有记下来！请再点一次，或打电话。", "It was not taken down! Tap again, or call."),
    "door_received": Words("我收到了", "I have it"),
    "door_not_needed": Words("不需要了", "Not needed any more"),
    "door_open_now": Words("这段时间可以开门", "You may open the door"),
    "services_none": Words("现在没有请求。", "Nothing is asked for."),
    "services_ask": Words("替住户登记", "Ask for a flat"),
    "services_flat": Words("哪一户", "Flat"),
    "services_ask_button": Words("登记请求", "Enter the request"),
    "services_grant": Words("同意", "Grant"),
    "services_minutes": Words("分钟，从", "minutes, from"),
    "services_deny": Words("不同意", "Do not grant"),
    "services_why": Words("原因（住户看得到）", "Why (the resident reads it)"),
    "services_take": Words("我去送", "I go"),
    "services_delivered": Words("已送到门口", "It is at the door"),
    "services_asked_by": Words("提出", "asked by"),
    "services_resident": Words("住户", "resident"),
    "services_policy": Words("按规定自动", "by the settings"),
    "services_door": Words("门已开过", "the door was opened"),
    "services_recent": Words("最近办完的", "Over lately"),
    "services_no_number": Words(
        "没有设置住户可打的电话：请安装员设置（menshen.toml 的 [windows] call）。",
        "No phone number for residents is set: ask the installer to ([windows] call in menshen.toml).",
    ),
}

SERVICE_WHYS: Mapping[str, Words] = {
    "unknown request": Words("没有这个请求", "There is no such request"),
    "that cannot be done with this request any more": Words(
        "这个请求已经变了，不能这样做", "The request has moved on; that cannot be done any more"
    ),
    "nobody of this flat is in quarantine": Words("此户现在没有隔离人员", "Nobody of this flat is in quarantine now"),
    "unknown purpose, or too many words": Words("不认识的事由，或写得太长", "Unknown purpose, or too many words"),
    "a service window needs opens and closes": Words("请写开始和结束时间", "Both hours are needed"),
    "too many requests are open": Words(
        "还有几个请求在等答复，请先等一等或打电话", "Several requests still wait; please wait for them, or call"
    ),
    "too many requests in one hour": Words(
        "这一小时请求太多，急事请打电话", "Too many requests this hour; if urgent, call"
    ),
    "the window is over already": Words("这个时间已经过了", "That time is over already"),
    "nobody answered": Words("没有人答复", "Nobody answered"),
    "nobody came": Words("没有人来", "Nobody came"),
    "the stay is over": Words("隔离已结束，可以自己开门", "The quarantine is over: open the door as you like"),
}
