"""The texts of scanning on the guard's page and of looking a flat up: a leaf of gateway/pages/texts/common.py."""

from collections.abc import Mapping

from gateway.profile import ORDINARY
from gateway.words.language import Words

GATE_TEXTS: Mapping[str, Words] = {
    # what the lanes read codes with, in the line at the top
    "readers_camera": Words("摄像头", "Cameras"),
    "readers_scanner": Words("扫码枪", "Scanners"),
    "readers_ok": Words("{n} 台正常", "{n} working"),
    "readers_down": Words("{n} 台中 {down} 台不行", "{down} of {n} down"),
    "profile": Words("管控", "Rules"),
    # scanning on the page
    "scan": Words("在本页扫码", "Scan on this page"),
    "scan_choose": Words("先选通道，才能在本页扫码。", "Choose a lane to scan on this page."),
    "listening": Words("扫码枪：在听", "Hand scanner: listening"),
    "not_listening": Words("没有在听：请点一下空白处", "Not listening: tap an empty spot"),
    "not_listening_typing": Words("正在打字，没有在听扫码枪", "You are typing: not listening"),
    "code_cut": Words("码没有扫全，请再扫一次", "The code was cut off, scan again"),
    "code_noise": Words("扫到的不是通行码，请再扫", "That was no pass, scan again"),
    "code_failed": Words("没有送到网关，请再扫一次", "It did not reach the gateway, scan again"),
    "camera": Words("摄像头", "Camera"),
    "camera_off": Words("关摄像头", "Stop camera"),
    "camera_view": Words("摄像头画面（不保存）", "What the camera sees (nothing is kept)"),
    "camera_denied": Words("浏览器不让用摄像头，请允许后再试", "The browser refuses the camera: allow it, try again"),
    "camera_none": Words("没有可用的摄像头", "There is no camera to use"),
    "torch": Words("手电", "Torch"),
    "photo": Words("拍照识别", "Photo"),
    "photo_reading": Words("正在识别……", "Reading …"),
    "photo_no_code": Words("照片里没有找到通行码，请靠近再拍", "No code in that photo, go closer and try again"),
    "photo_many": Words("照片里不止一个码，请一次只拍一个", "More than one code in that photo, take one at a time"),
    "type_code": Words("手工输入", "Type or paste"),
    "type_label": Words(
        "短码（在这里扫过的卡才认得）、车牌，或整段通行码（大小写、空格、横线都可以）",
        "Short code (of a card scanned here before), plate, or the pass's text; any case, blanks and dashes do no harm",
    ),
    "type_send": Words("核验", "Check it"),
    "type_complete": Words("齐了，可以核验", "All there"),
    "type_incomplete": Words("还没输完整", "Not complete yet"),
    "type_missing": Words("还缺字数：", "Letters missing: "),
    "type_short": Words("短码齐了，可以核验", "Short code: all there"),
    "type_plate": Words("车牌齐了，可以核验", "Plate: all there"),
    "type_slip": Words("短码有字打错了，请对照卡片", "A letter of the short code is wrong: look at the card again"),
    "type_other": Words("这不是短码、车牌或通行码", "That is no short code, plate or pass"),
    # taking a ruling back
    "undo": Words("撤销", "Undo"),
    "undo_done": Words("已撤销，请重新决定", "Taken back; decide anew"),
    # on a round
    "patrol": Words("我去巡逻", "On patrol"),
    "patrol_for": Words("通道暂时没人，多少分钟后回来？", "Nobody at the lane; back in how many minutes?"),
    "minutes": Words("分钟", "min"),
    "patrol_done": Words("已记录：巡逻中", "On record: on patrol"),
    "courier_again": Words("同一快递员再进", "Same courier again"),
    # the end of a fire
    "fire_end_ask": Words("火警解除了吗？", "Is the fire over?"),
    "fire_end_more": Words(
        "解除后道闸恢复正常，您的名字记录在案。警报还在“警报”页，请在那里处置完毕。",
        "Barriers go back to normal and your name is on record. The alert stays on the alerts page: close it there.",
    ),
    # looking a flat up
    "lookup": Words("查门牌", "Find a flat"),
    "lookup_label": Words("楼-单元-门牌，例如 3-1-502", "Building-unit-flat, as 3-1-502"),
    "lookup_none": Words("没有这个门牌", "No such flat"),
    "lookup_more": Words("户未列出，请写全", "more not listed; say it in full"),
    "lookup_held": Words("此户有人居家隔离", "Somebody there is in home quarantine"),
    "lookup_free": Words("此户没有隔离人员", "Nobody there is in quarantine"),
    "lookup_unknown": Words("存储没有回应，现在不能查隔离情况", "The disk does not answer: cannot say now"),
    "ambulance_unknown": Words("不清楚是否隔离户，请做好防护", "Perhaps a quarantine home: wear protection"),
    "ambulance": Words("救护车引导卡", "Ambulance card"),
    "ambulance_lane": Words("从这里进", "Come in here"),
    "ambulance_building": Words("楼", "Building"),
    "ambulance_unit": Words("单元", "Entrance"),
    "ambulance_flat": Words("门牌", "Flat"),
    "ambulance_who": Words("谁放行", "Who lets you in"),
    "ambulance_guard": Words("门岗", "the guard,"),
    "ambulance_held": Words("隔离户，请做好防护", "Quarantine home: wear protection"),
    "print": Words("打印", "Print"),
    "back_to_gate": Words("返回门岗", "Back to the gate"),
}

GATE_WHYS: Mapping[str, Words] = {
    "somebody has ruled already": Words(
        "已经有人决定过了，请看最近二十次", "Somebody has ruled already: see the last twenty"
    ),
    "no such ruling to undo": Words("没有可撤销的决定", "There is no such ruling to take back"),
    "too late to undo": Words("超过 30 秒，不能撤销；请告诉值班人员", "More than 30 s ago: tell the duty officer"),
    "there is a fire": Words("火警中，通道都开着", "There is a fire, every lane is open"),
    "a quarantine began with it": Words(
        "此人的隔离已随之开始；请值班人员解除", "Their quarantine began with it: the duty officer ends it"
    ),
    "they have gone through again since": Words("此人之后又通行过，不能撤销", "They have gone through again since"),
}

PROFILE_WORDS: Mapping[str, Words] = {  # a profile of another name is called by it
    ORDINARY: Words("平时", "ordinary"),
    "epidemic": Words("防疫", "epidemic"),
    "lockdown": Words("封控", "lockdown"),
}
