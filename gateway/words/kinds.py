"""A kind of alert in; its words and what to do next out, in both languages.

Floor 2, a pure room. A member without words fails tests/gateway/test_words.py.
"""

from collections.abc import Mapping

from gateway.kinds import Kind
from gateway.words.language import Words

KINDS: Mapping[Kind, Words] = {
    Kind.QUARANTINED_PERSON_LEFT: Words("隔离人员出门离开", "Quarantined person left"),
    Kind.QUARANTINED_PERSON_AT_GATE: Words("隔离人员到了大门", "Quarantined person at the gate"),
    Kind.QUARANTINE_DOOR_OPENED: Words("隔离户门被打开", "Quarantine door opened"),
    Kind.QUARANTINE_DOOR_LEFT_OPEN: Words("隔离户门一直开着", "Quarantine door left open"),
    Kind.QUARANTINE_DOOR_OPENED_AT_NIGHT: Words("隔离户门夜间被打开", "Quarantine door opened at night"),
    Kind.DOOR_SENSOR_DOUBTED: Words("门磁可能被做了手脚", "Door sensor may be defeated"),
    Kind.FIRE_SUSPECTED: Words("一栋楼多户同时开门，疑似火警", "Many doors of one building open: fire suspected"),
    Kind.FIRE_EXIT_OPENED: Words("消防通道门被打开", "Fire exit opened"),
    Kind.FIRE_EXIT_LEFT_OPEN: Words("消防通道门一直开着", "Fire exit left open"),
    Kind.FIRE_EXIT_BLOCKED: Words("消防通道被堵", "Fire exit blocked"),
    Kind.SEALED_GATE_OPENED: Words("封闭的门被打开", "Sealed gate opened"),
    Kind.SEALED_GATE_LEFT_OPEN: Words("封闭的门一直开着", "Sealed gate left open"),
    Kind.SERVICE_UNANSWERED: Words("上门服务请求没人答复", "A service request waits for an answer"),
    Kind.SERVICE_MISSED: Words("答应的上门服务没有送到", "A promised service did not come"),
    Kind.FEVER: Words("发热", "Fever"),
    Kind.FEVER_HIGH: Words("高热", "Very high fever"),
    Kind.FEVER_RISING: Words("体温比平时高", "Warmer than usual for them"),
    Kind.BAND_TAKEN_OFF: Words("手环被摘下", "Wristband taken off"),
    Kind.BAND_AT_GATE: Words("隔离人员的手环到了大门", "Quarantined person's wristband at a gate"),
    Kind.BAND_LEFT_FLAT: Words("手环离开了家", "Wristband has left the flat"),
    Kind.BAND_GONE: Words("手环哪里都听不到了", "Wristband is heard nowhere any more"),
    Kind.HELP_CALLED: Words("呼救", "Call for help"),
    Kind.FALL: Words("跌倒", "Fall"),
    Kind.INACTIVE: Words("独居者长时间没有动静", "No sign of life of somebody who lives alone"),
    Kind.METER_SILENT: Words("水表没有声息", "Water meter silent"),
    Kind.BAND_FORGED: Words("有人冒充手环", "Wristband impersonated"),
    Kind.NEIGHBOUR_FORGED: Words("有人冒充其他门的网关", "Another gate impersonated"),
    Kind.SENSOR_TAMPERED: Words("传感器被拆动", "Sensor tampered with"),
    Kind.BATTERY_LOW: Words("电池快没电", "Battery low"),
    Kind.SIGHTINGS_LOST: Words("设备丢了记录", "Device lost records"),
    Kind.DOOR_SILENT: Words("门磁没有声息", "Door sensor silent"),
    Kind.BAND_SILENT: Words("手环没有声息", "Wristband silent"),
    Kind.CAMERA_SILENT: Words("扫码摄像头没有声息", "Camera silent"),
    Kind.SCANNER_SILENT: Words("扫码枪没有声息", "Scanner silent"),
    Kind.BUILDING_SILENT: Words("一栋楼的传感器同时没有声息", "Sensors of a building fell silent together"),
    Kind.RADIO_DEAF: Words("蓝牙收不到信号", "Radio hears nothing"),
    Kind.CABLE_LOST: Words("线缆断开", "Cable lost"),
    Kind.OUTPUT_FAILED: Words("道闸不听使唤", "Barrier does not obey"),
    Kind.FIRE: Words("火警", "Fire"),
    Kind.CLOCK_NOT_TRUSTED: Words("时钟不可信", "Clock not trusted"),
    Kind.JOURNAL_FULL: Words("存储将满", "Storage is filling up"),
    Kind.JOURNAL_LOST: Words("记录丢失", "Records were lost"),
    Kind.NOT_LOOKED_AFTER: Words("巡访超时，还没有联系上", "Round task overdue, nobody was reached"),
    Kind.SAID_UNWELL: Words("巡访中说不舒服", "Said to be unwell on the round"),
    Kind.NOT_AT_HOME: Words("上门没有找到人", "Not found at home"),
    Kind.THERMOMETER_SILENT: Words("通道测温没有声息", "Lane thermometer silent"),
    Kind.FORGERIES_AT_GATE: Words("同一个门多次出现假码或注销码", "Repeated false passes at one gate"),
    Kind.NOT_ARRIVED: Words("应到的人还没有到", "Somebody expected has not arrived"),
    Kind.PASS_USED_TWICE: Words("一次性通行码在两个门各用了一次", "One-time pass used at two gates"),
    Kind.NEIGHBOURS_AWAY: Words("与其他门失去联系", "Other gates out of touch"),
    Kind.CAMERA_COVERED: Words("摄像头被挡住", "Camera covered"),
    Kind.CAMERA_DARK: Words("摄像头前太暗", "Too dark for the camera"),
    Kind.CAMERA_BLURRED: Words("摄像头看不清", "Camera out of focus"),
    Kind.CAMERA_TURNED: Words("摄像头被转开", "Camera turned away"),
    Kind.CAMERA_FROZEN: Words("摄像头画面卡住", "Camera picture frozen"),
    Kind.NOBODY_AT_LANE: Words("通道有人等候，无人处理", "People wait at the lane, nobody decides"),
    Kind.COURIER_OVERDUE: Words("快递员进门很久没有出来", "Courier inside for long"),
    Kind.BOOK_UNREADABLE: Words("网关的名册或清单读不出", "A book of the gateway cannot be read"),
    Kind.PINS_GUESSED: Words("有人在反复试登录 PIN", "Somebody is guessing log-in PINs"),
}

NEXT_STEPS: Mapping[Kind, Words] = {
    Kind.QUARANTINED_PERSON_LEFT: Words(
        "打电话，找到人，陪同回家；查明是否就医。", "Call, find them, walk them home; ask if they need a doctor."
    ),
    Kind.QUARANTINED_PERSON_AT_GATE: Words(
        "到大门去，劝回并陪同；不得强行阻拦。", "Go to the gate, walk them home; never hold by force."
    ),
    Kind.QUARANTINE_DOOR_OPENED: Words("打电话问原因；没人接就上门。", "Call and ask why; no answer: go there."),
    Kind.QUARANTINE_DOOR_LEFT_OPEN: Words(
        "打电话请关门；没人接就上门看人是否安好。", "Call; no answer: go and see if they are well."
    ),
    Kind.QUARANTINE_DOOR_OPENED_AT_NIGHT: Words(
        "马上打电话；没人接就上门，看人在不在、是否安好。", "Call now; no answer: go there, are they in and well?"
    ),
    Kind.DOOR_SENSOR_DOUBTED: Words(
        "人在别处，门磁却说门没开过：上门看磁铁，通知安装员。",
        "Seen elsewhere though the door says shut: look at the magnet, tell the installer.",
    ),
    Kind.FIRE_SUSPECTED: Words(
        "马上去看、去问；是火就打 119，按火警页的按钮开门，拿清点名单。",
        "Look and ask at once; if fire: 119, the button on the fire page, the muster list.",
    ),
    Kind.FIRE_EXIT_OPENED: Words("去看是谁、为什么；看完关好。", "Go and see who and why; shut it behind them."),
    Kind.FIRE_EXIT_LEFT_OPEN: Words("去把门关好，不要上锁。", "Shut it; never lock it."),
    Kind.FIRE_EXIT_BLOCKED: Words("马上搬开；搬不动就叫人。", "Clear it now; too heavy: call for help."),
    Kind.SEALED_GATE_OPENED: Words("去看是谁进出；重新封好。", "Go and see who went through; seal it again."),
    Kind.SEALED_GATE_LEFT_OPEN: Words("去封好；人留一会儿看着。", "Seal it again; stay a while and watch."),
    Kind.SERVICE_UNANSWERED: Words(
        "打开“上门服务”页，答应或说明原因。", 'Open "Services" and grant it, or say why not.'
    ),
    Kind.SERVICE_MISSED: Words("打电话给这户道歉并补送。", "Call the flat, and bring it now."),
    Kind.FEVER: Words("打电话问病情，用体温计复测，通知医生。", "Call, have it measured again, tell the doctor."),
    Kind.FEVER_HIGH: Words(
        "马上打电话，通知医生，用体温计复测；没人接立即上门。",
        "Call now, tell the doctor, have it measured again; no answer: go there.",
    ),
    Kind.FEVER_RISING: Words(
        "打电话问有没有不舒服，用体温计量一次。", "Call, ask how they feel, have it measured with a thermometer."
    ),
    Kind.BAND_AT_GATE: Words(
        "到大门去，劝回并陪同；不得强行阻拦。", "Go to the gate, walk them home; never hold by force."
    ),
    Kind.BAND_LEFT_FLAT: Words(
        "打电话；没人接就上门，再看楼道和院子。", "Call; no answer: go there, then look in the stairwell and the yard."
    ),
    Kind.BAND_GONE: Words(
        "打电话；没人接就上门，同时问各个大门。", "Call; no answer: go there, and ask at the gates meanwhile."
    ),
    Kind.BAND_TAKEN_OFF: Words("打电话请戴上；比洗澡久，或门开过。", "Call and ask to put it on; it is no shower."),
    Kind.HELP_CALLED: Words(
        "马上打电话，同时派人上门；必要时打 120。", "Call now and send somebody; if needed call 120."
    ),
    Kind.FALL: Words(
        "马上打电话，没人接立即上门；必要时打 120。", "Call now; no answer: go at once; if needed call 120."
    ),
    Kind.NEIGHBOUR_FORGED: Words(
        "请安装员查各门网关的密钥是否一致，谁能登录本地消息服务器。",
        "Installer: is the key the same at every gate, and who may log in to the local broker?",
    ),
    Kind.INACTIVE: Words(
        "打电话；没人接上门敲门，问邻居；确认外出的，登记外出到几时。",
        "Call; no answer: knock, ask the neighbours; if they are away, write down until when.",
    ),
    Kind.METER_SILENT: Words("查水表模块的电池和网络。", "Check the meter module's battery and network."),
    Kind.BAND_FORGED: Words(
        "上门看人在不在，换手环，通知安装员。", "Go and see the person, change the band, tell the installer."
    ),
    Kind.SENSOR_TAMPERED: Words("上门查看传感器，通知安装员。", "Go and look at the sensor, tell the installer."),
    Kind.BATTERY_LOW: Words("这几天内换电池。", "Change the battery in the next days."),
    Kind.SIGHTINGS_LOST: Words(
        "查线缆和接头；这段时间的门动作可能缺失。", "Check the cable; door movements may be missing."
    ),
    Kind.DOOR_SILENT: Words(
        "查电池和线缆；未修好前改为上门查看。", "Check battery and cable; until then knock instead."
    ),
    Kind.BAND_SILENT: Words("打电话问人是否在家、手环是否戴着。", "Call: at home? wearing the band?"),
    Kind.CAMERA_SILENT: Words("看摄像头是否断电、断线、被挡。", "Is the camera powered, plugged in, uncovered?"),
    Kind.SCANNER_SILENT: Words("拔插扫码枪，扫一张试试。", "Replug the scanner and try a code."),
    Kind.BUILDING_SILENT: Words(
        "看那栋楼有没有电、接收器好不好；修好前门和手环都看不见，派人去楼里。",
        "See to the building's power and receiver; until then nobody sees its doors and bands: send somebody.",
    ),
    Kind.RADIO_DEAF: Words("重插蓝牙适配器；未修好前手环都看不见。", "Replug the radio; until then no band is seen."),
    Kind.CABLE_LOST: Words(
        "查线缆和供电；未修好前这些门看不见。", "Check cable and power; until then these doors are unseen."
    ),
    Kind.FIRE: Words(
        "打 119；通道已全部打开；拿清点名单，先找需要帮助的人。",
        "Call 119; every lane is open; take the muster list, those who need help first.",
    ),
    Kind.OUTPUT_FAILED: Words(
        "请用手开道闸；查继电器的供电和插口，通知安装员。",
        "Open it by hand; check the relay's power and plug, tell the installer.",
    ),
    Kind.CLOCK_NOT_TRUSTED: Words(
        "接上网络或校准时钟；期限由门岗看。", "Connect the network or set the clock; guards read dates."
    ),
    Kind.THERMOMETER_SILENT: Words(
        "查测温模块的线；未修好前用体温枪量。", "Check its cable; until then measure by hand."
    ),
    Kind.FORGERIES_AT_GATE: Words(
        "到这个门去看；留住码的照片，必要时报警 110。", "Go to that gate; keep photos of the codes; if needed call 110."
    ),
    Kind.PASS_USED_TWICE: Words(
        "问发码的住户：码给了谁；里面可能多了一个人。", "Ask the flat that sent it who has it; one more may be inside."
    ),
    Kind.NEIGHBOURS_AWAY: Words(
        "查门与门之间的网线；未修好前一次性码可能在每个门各用一次。",
        "Check the network between the gates; until then a one-time pass may work once at each.",
    ),
    Kind.NOT_ARRIVED: Words(
        "打电话问人在哪里；联系派车的人和上一站。", "Call them; ask the driver and where they set out."
    ),
    Kind.JOURNAL_FULL: Words(
        "通知安装员腾出空间；警报优先保留。", "Tell the installer to free space; alerts are kept first."
    ),
    Kind.NOT_LOOKED_AFTER: Words("现在打电话；没人接就上门。", "Call now; no answer: go there."),
    Kind.SAID_UNWELL: Words("问病情，用体温计复测，通知医生。", "Ask, have it measured, tell the doctor."),
    Kind.NOT_AT_HOME: Words(
        "打电话，问邻居和家属；查门和手环的记录；找到人，陪同回家。",
        "Call, ask neighbours and family, look at door and band; find them, walk them home.",
    ),
    Kind.JOURNAL_LOST: Words(
        "重新登记居家隔离的人，核对谁在里面；通知安装员查存储卡。",
        "Enter home quarantines anew, check who is inside; have the installer check the card.",
    ),
    Kind.CAMERA_COVERED: Words(
        "拿开镜头前的东西，擦净镜头；全黑就开灯。", "Uncover and wipe the lens; all black: switch on the light."
    ),
    Kind.CAMERA_DARK: Words("开灯；看镜头有没有被挡。", "Switch on the light; is the lens covered?"),
    Kind.CAMERA_BLURRED: Words(
        "擦净镜头；仍看不清通知安装员对焦。", "Wipe the lens; still out of focus: tell the installer."
    ),
    Kind.CAMERA_TURNED: Words(
        "转回通道；有意改方向的，隔开出示三次码。",
        "Turn it back to the lane; if it was meant, show a code three times, with pauses.",
    ),
    Kind.CAMERA_FROZEN: Words(
        "拔插摄像头电源；未修好前用扫码枪或手工核实。", "Cut its power for a moment; until then scan or check by hand."
    ),
    Kind.PINS_GUESSED: Words(
        "问本人是不是自己输错；不是，就给此人换 6 位以上的新 PIN，并请安装员查是哪台设备。",
        "Ask whether it was they; if not, give them a new PIN of 6 digits or more; the installer finds the device.",
    ),
    Kind.BOOK_UNREADABLE: Words(
        "通道照常，人工核验；请安装员按《安装手册》恢复该文件后重启网关。",
        "Lanes go on; check by hand. The installer restores that file as the guide says, and restarts the gateway.",
    ),
    Kind.NOBODY_AT_LANE: Words(
        "到通道处理等候的人；巡逻请先按“我去巡逻”。", 'Go and decide for those who wait; on a round press "On patrol".'
    ),
    Kind.COURIER_OVERDUE: Words(
        "看看人是否还在里面；已经走了，就在门岗页按“已离开”。",
        'Look whether they are still inside; if they went, press "Has left" on the gate page.',
    ),
}
