"""The texts of the menu of what is chosen on a device, and of the keys: a leaf of gateway/pages/texts/common.py."""

from collections.abc import Mapping

from gateway.words.language import Words

LOOK_TEXTS: Mapping[str, Words] = {
    "look": Words("显示", "Display"),
    "look_here": Words("只改这台设备", "On this device only"),
    "look_size": Words("字号", "Type size"),
    "look_normal": Words("标准字", "Normal"),
    "look_large": Words("大字", "Large"),
    "look_theme": Words("明暗", "Brightness"),
    "look_auto": Words("随设备", "As the device"),
    "look_bright": Words("明亮", "Bright"),
    "look_dark": Words("深色", "Dark"),
    "keys_title": Words("键盘", "Keyboard"),
    "keys_help": Words("打开这个菜单", "Open this menu"),
    "keys_next": Words("下一个按钮（Shift+Tab 上一个），Enter 按下", "Next button (Shift+Tab: back), Enter presses"),
    "keys_leave": Words("关菜单；离开输入框，扫码枪又能听", "Close the menu; leave a field, so the scanner is heard"),
    "keys_rule": Words("去做决定（再按 Enter）", "To your ruling (then Enter)"),
    "keys_find": Words("查门牌", "Find a flat"),
    "keys_camera": Words("开关摄像头", "Camera on or off"),
    "keys_undo": Words("去“撤销”（再按 Enter）", "To Undo (then Enter)"),
}
