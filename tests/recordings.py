"""What the guard's page says out in, small recordings of it out: gateway/pages/static/voice/. `make voices`

For a device that has no voice of its own. espeak-ng speaks and lame makes it small; both are programs of Debian that
run here, on the desk of whoever changes a reason, never on a gateway. What was spoken stands in `spoken.json`, and
a test compares it with the catalogue: a new reason, or one that is worded anew, needs `make voices` once more.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from gateway.pages.gate.voice import spoken_texts
from gateway.words.language import Lang

FOLDER = Path(__file__).parent.parent / "gateway" / "pages" / "static" / "voice"
# Debian's espeak-ng has no dictionary of Chinese characters: it is given their sounds, tones as they are spoken.
SOUNDS_OF: Mapping[str, str] = {
    "放行": "fang4 xing2",
    "不放行": "bu2 fang4 xing2",
    "请人工核实": "qing3 ren2 gong1 he2 shi2",
    "通行码有效": "tong1 xing2 ma3 you3 xiao4",
    "刚刚已放行": "gang1 gang1 yi3 fang4 xing2",
    "读不出来，不是通行码": "du2 bu4 chu1 lai2, bu2 shi4 tong1 xing2 ma3",
    "这是别的码，不是通行码": "zhe4 shi4 bie2 de5 ma3, bu2 shi4 tong1 xing2 ma3",
    "通行码是伪造的": "tong1 xing2 ma3 shi4 wei3 zao4 de5",
    "通行码已注销": "tong1 xing2 ma3 yi3 zhu4 xiao1",
    "通行码尚未生效": "tong1 xing2 ma3 shang4 wei4 sheng1 xiao4",
    "通行码已过期": "tong1 xing2 ma3 yi3 guo4 qi1",
    "不是本小区的通行码": "bu2 shi4 ben3 xiao3 qu1 de5 tong1 xing2 ma3",
    "这个门不能用此通行码": "zhe4 ge5 men2 bu4 neng2 yong4 ci3 tong1 xing2 ma3",
    "一次性通行码已用过": "yi2 ci4 xing4 tong1 xing2 ma3 yi3 yong4 guo4",
    "这个动态码已经用过": "zhe4 ge5 dong4 tai4 ma3 yi3 jing1 yong4 guo4",
    "动态码太旧，可能是截图": "dong4 tai4 ma3 tai4 jiu4, ke3 neng2 shi4 jie2 tu2",
    "手机时间快了": "shou3 ji1 shi2 jian1 kuai4 le5",
    "外部健康凭证，签名属实": "wai4 bu4 jian4 kang1 ping2 zheng4, qian1 ming2 shu3 shi2",
    "外部健康凭证已过期或未生效": "wai4 bu4 jian4 kang1 ping2 zheng4 yi3 guo4 qi1 huo4 wei4 sheng1 xiao4",
    "外部健康凭证已被签发机构撤销": "wai4 bu4 jian4 kang1 ping2 zheng4 yi3 bei4 qian1 fa1 ji1 gou4 che4 xiao1",
    "外部健康凭证签名不对": "wai4 bu4 jian4 kang1 ping2 zheng4 qian1 ming2 bu2 dui4",
    "此人正在居家隔离": "ci3 ren2 zheng4 zai4 ju1 jia1 ge2 li2",
    "现在无法核验": "xian4 zai4 wu2 fa3 he2 yan4",
    "时钟未校准，无法核验期限": "shi2 zhong1 wei4 jiao4 zhun3, wu2 fa3 he2 yan4 qi1 xian4",
    "体温偏高": "ti3 wen1 pian1 gao1",
    "记录显示此人已在里面": "ji4 lu4 xian3 shi4 ci3 ren2 yi3 zai4 li3 mian4",
    "记录显示此人不在里面": "ji4 lu4 xian3 shi4 ci3 ren2 bu2 zai4 li3 mian4",
    "这一户的外出次数已用完": "zhe4 yi2 hu4 de5 wai4 chu1 ci4 shu4 yi3 yong4 wan2",
    "外来人数已到上限": "wai4 lai2 ren2 shu4 yi3 dao4 shang4 xian4",
    "现在是禁行时段": "xian4 zai4 shi4 jin4 xing2 shi2 duan4",
    "预约到达：隔离从现在开始": "yu4 yue1 dao4 da2, ge2 li2 cong2 xian4 zai4 kai1 shi3",
    "外出就医返回：隔离继续": "wai4 chu1 jiu4 yi1 fan3 hui2, ge2 li2 ji4 xu4",
    "由门岗人工决定": "you2 men2 gang3 ren2 gong1 jue2 ding4",
    "门岗撤销了刚才的决定": "men2 gang3 che4 xiao1 le5 gang1 cai2 de5 jue2 ding4",
    "卡号、车牌或短码不在册": "ka3 hao4, che1 pai2 huo4 duan3 ma3 bu2 zai4 ce4",
    "车牌没有看清": "che1 pai2 mei2 you3 kan4 qing1",
    "短码对应一张有效通行码": "duan3 ma3 dui4 ying4 yi4 zhang1 you3 xiao4 tong1 xing2 ma3",
    "火警：通道全部打开": "huo3 jing3, tong1 dao4 quan2 bu4 da3 kai1",
}
VOICES: Mapping[Lang, tuple[str, ...]] = {
    Lang.ZH: ("-v", "cmn-latn-pinyin", "-s", "170", "-g", "1"),
    Lang.EN: ("-v", "en-gb", "-s", "165"),
}
SMALL = ("-S", "-m", "m", "--resample", "16", "-b", "24")  # mono, 16 kHz, 24 kbit/s: two seconds are 6 kB


def record(text: str, lang: Lang, into: Path) -> None:
    said = SOUNDS_OF[text] if lang is Lang.ZH else text
    with tempfile.TemporaryDirectory() as folder:
        wave = Path(folder) / "said.wav"
        subprocess.run(["espeak-ng", *VOICES[lang], "-w", str(wave), said], check=True)
        subprocess.run(["lame", *SMALL, str(wave), str(into)], check=True, capture_output=True)


def main() -> None:
    if missing := [tool for tool in ("espeak-ng", "lame") if shutil.which(tool) is None]:
        sys.exit(f"recordings: {' and '.join(missing)} missing; apt-get install {' '.join(missing)}")
    texts = {lang: spoken_texts(lang) for lang in VOICES}
    if silent := [text for text in texts[Lang.ZH].values() if text not in SOUNDS_OF]:
        sys.exit(f"recordings: write how these sound into SOUNDS_OF of {__file__}: {', '.join(silent)}")
    before = json.loads((FOLDER / "spoken.json").read_text("utf-8")) if (FOLDER / "spoken.json").exists() else {}
    for lang, said in texts.items():
        (FOLDER / lang.value).mkdir(parents=True, exist_ok=True)
        for old in (FOLDER / lang.value).glob("*.mp3"):
            if old.stem not in said:
                old.unlink()
        for name, text in said.items():
            file = FOLDER / lang.value / f"{name}.mp3"
            if before.get(lang.value, {}).get(name) != text or not file.exists() or "--all" in sys.argv:
                record(text, lang, file)
    spoken = {lang.value: said for lang, said in texts.items()}
    (FOLDER / "spoken.json").write_text(json.dumps(spoken, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
