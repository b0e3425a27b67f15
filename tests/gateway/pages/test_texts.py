"""Every text of the pages is there in both languages, and every text a template asks for is in the catalogue."""

import re
from collections import Counter
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import gateway.pages
from gateway.pages.access import ROLES, Role
from gateway.pages.templating import dom_id, hour, sprite
from gateway.pages.texts.common import PURPOSES, REASONS_TO_ADMIT, TEXTS, WHYS, texts, why_words
from gateway.plain_text import clean
from gateway.words.language import Lang
from tests.gateway.pages.fake_house import START


def templates() -> dict[str, str]:
    folder = files("gateway.pages") / "templates"
    return {file.name: file.read_text("utf-8") for file in folder.iterdir()}


def test_every_text_is_said_in_both_languages() -> None:
    for table in (TEXTS, WHYS):
        for name, said in table.items():
            assert said.zh, name
            assert said.en, name
            chinese_in_english = any("\u4e00" <= letter <= "\u9fff" for letter in said.en)
            assert not chinese_in_english, name


def test_no_two_leaves_of_the_catalogue_say_a_thing_of_the_same_name() -> None:
    """The later one would take the place of the other, in silence."""
    modules = [file.name[:-3] for file in files("gateway.pages.texts").iterdir() if file.name.endswith(".py")]
    tables = [
        table
        for module in modules
        for name, table in vars(import_module(f"gateway.pages.texts.{module}")).items()
        if name.endswith(("_TEXTS", "_WHYS"))
    ]
    assert len(tables) > 5
    said = {(name, words) for table in tables for name, words in table.items()}
    named = Counter(name for name, _ in said)
    assert {name for name, often in named.items() if often > 1} == set()


def test_templates_ask_for_no_text_that_is_not_there_and_none_is_left_over() -> None:
    asked = {name for text in templates().values() for name in re.findall(r"\bt\.(\w+)", text)}
    assert asked <= set(TEXTS)
    code = "".join(file.read_text("utf-8") for file in Path(gateway.pages.__path__[0]).rglob("*.py"))
    by_name = {name for name in TEXTS if f'"{name}"' in code.replace(f'"{name}": Words', "")}
    by_number = {name for name in TEXTS if name.startswith("error_")}
    assert set(TEXTS) - asked - by_name - by_number == set()


def test_no_template_holds_words_of_its_own_or_trusts_a_value() -> None:
    for name, text in templates().items():
        bare = re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)
        assert not re.search("[\u4e00-\u9fff]", bare), name
        # what is marked safe is HTML that another template made
        assert set(re.findall(r"([\w.]+)\|safe", bare)) <= {
            "html",
            "status_html",
            "fragments.decision",
            "fragments.history",
            "fragments.alerts",
            "row",  # of the board's list
            "]",  # units[unit.id]
            "fragments.couriers",
            "fragments.shift",
            "fragments.rounds",
            "fragments.duty",
            "fragments.looked",
            "fragments.requests",
            "fragments.services",
        }, name
        assert not re.search(r"\son\w+=|style=|javascript:|<script>", bare), name


def test_every_role_purpose_and_reason_has_words() -> None:
    assert set(ROLES) == set(Role)
    assert set(PURPOSES) | set(REASONS_TO_ADMIT) <= set(texts(Lang.EN))


def test_a_refusal_nobody_translated_is_shown_as_the_house_said_it() -> None:
    assert why_words("unknown flat", Lang.ZH) == "没有这一户"
    assert why_words("longer than 60 days", Lang.ZH) == "longer than 60 days"


def test_typed_text_becomes_one_clean_line() -> None:
    assert clean(" a\u0000b\r\n\tc  \u202egpj.exe\u2066 ") == "a b c gpj.exe"
    assert clean("e\u0301\ud800") == "é"


def test_ids_become_ids_of_the_page_without_clashing() -> None:
    assert dom_id("a/1") == "a_2f_1"
    assert len({dom_id(text) for text in ("a/1", "a1", "a-1", "a_1", "a_2f_1", "门")}) == 6


def test_an_hour_of_another_day_says_its_day() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    assert hour(START, zone, START) == "14:30:00"
    assert hour(START, zone, START.replace(day=13)) == "03-12 14:30"


def test_every_icon_a_template_draws_is_in_the_sprite() -> None:
    drawn = {icon for text in templates().values() for icon in re.findall(r'icon\("([\w-]+)"', text)}
    assert drawn
    assert {icon for icon in drawn if f'id="i-{icon}"' not in sprite()} == set()
