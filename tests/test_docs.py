"""README and docs/ in; what they say against what is there: links, commands, settings, messages, words."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomllib
import typer.main

from gateway.centre.app import CentreConfig
from gateway.cli.commands import command_line
from gateway.cli.contract import asyncapi
from gateway.compound import Direction
from gateway.config import load_config
from gateway.findings import SEVERITY, Kind, Reason
from gateway.rules.admission import WAY_IN, verdict_for
from gateway.words import KINDS, NEXT_IN, NEXT_OUT, NEXT_STEPS, REASONS, VERDICTS
from tests.contract_examples import blocks, examples, shown, updated
from tests.licences import ROOT

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def anchors(text: str) -> set[str]:
    """The names GitHub gives to headings."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


@every_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(FENCE.sub("", page.read_text("utf-8"))):
        if target.startswith(("http://", "https://")):
            continue
        name, _, anchor = target.partition("#")
        found = page.parent / name if name else page
        assert found.exists(), f"{page.name}: {target}"
        if anchor:
            assert anchor in anchors(found.read_text("utf-8")), f"{page.name}: {target}"


def commands(text: str) -> Iterator[str]:
    """Every `menshen ...` of a page: a line of a shell block, or a piece of code in a sentence."""
    for language, body in FENCE.findall(text):
        if language == "sh":
            for line in body.replace("\\\n", " ").splitlines():
                yield from re.findall(r"(?:^|[\s/])menshen( [a-z][^#|<>]*)", line)
    yield from (said for said in re.findall(r"`menshen( [a-z][^`]*)`", FENCE.sub("", text)) if "|" not in said)


def follow(words: list[str]) -> tuple[Any, list[str]]:
    """The command these words lead to, and the words that are left for it."""
    command: Any = typer.main.get_command(command_line(words))
    while hasattr(command, "commands"):
        if not words or words[0].startswith("-") or words[0] == "...":
            return command, words
        assert words[0] in command.commands, f"no command {words[0]!r} in {command.name}"
        command, words = command.commands[words[0]], words[1:]
    return command, words


@every_page
def test_every_command_shown_is_one(page: Path) -> None:
    for said in commands(page.read_text("utf-8")):
        command, words = follow(shlex.split(said))
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        for word in words:
            if word.startswith("--"):
                assert word.partition("=")[0] in known | {"--help"}, f"{page.name}: menshen{said}: {word}"


def test_the_example_configuration_is_right() -> None:
    plan = load_config(DOCS / "menshen.example.toml")
    assert {link.name for link in plan.links} == {"camera-in", "scanner-out", "rs485-a", "radio"}
    assert plan.config.uplink is not None


def test_every_section_of_the_configuration_stands_in_the_example() -> None:
    written = tomllib.loads((DOCS / "menshen.example.toml").read_text("utf-8"))
    assert set(written) == set(type(load_config(DOCS / "menshen.example.toml").config).model_fields) - {"devices_file"}


def test_the_centres_settings_on_its_page_are_right() -> None:
    [text] = [body for language, body in FENCE.findall((DOCS / "centre.md").read_text("utf-8")) if language == "toml"]
    raw = tomllib.loads(text)
    raw["broker"].setdefault("client_id", "menshen-centre")
    assert CentreConfig.model_validate(raw).broker.username == "centre"


def test_the_asyncapi_document_is_current() -> None:
    written = json.loads((DOCS / "asyncapi.json").read_text("utf-8"))
    assert written == json.loads(json.dumps(asyncapi())), "run `menshen contract > docs/asyncapi.json`"


@pytest.mark.parametrize("name", sorted(examples()))
def test_every_message_shown_is_what_the_code_sends(name: str) -> None:
    found = blocks((DOCS / "centre.md").read_text("utf-8"))
    assert found[name] == shown(examples()[name]), "run `python -m tests.contract_examples --update`"


def test_an_example_is_put_into_an_empty_block_and_into_one_that_is_old() -> None:
    page = "<!-- example: ack -->\n```json\n```\nthen\n<!-- example: result -->\n```json\nold\n```\nend\n"
    made = updated(page)
    assert blocks(made) == {name: shown(examples()[name]) for name in ("ack", "result")}
    assert made.startswith("<!-- example: ack -->\n```json\n{")
    assert made.endswith("\n}\n```\nend\n")
    assert "then" in made
    assert updated(made) == made


@pytest.mark.parametrize("kind", list(Kind))
def test_the_centres_page_names_every_kind_in_the_line_of_its_severity(kind: Kind) -> None:
    lines = (DOCS / "centre.md").read_text("utf-8").splitlines()
    assert any(line.startswith(f"| {SEVERITY[kind]} |") and f"`{kind}`" in line for line in lines)


def answer_row(reason: Reason) -> str:
    """One line of the guard's table, as gateway/words.py and the table of reasons have it."""
    way_in, way_out = verdict_for(reason, Direction.IN), verdict_for(reason, Direction.OUT)
    why = REASONS[reason]
    return (
        f"| {why.zh}<br>{why.en} "
        f"| **{VERDICTS[way_in].zh}** {VERDICTS[way_in].en}<br>{NEXT_IN[reason].zh}<br>{NEXT_IN[reason].en} "
        f"| **{VERDICTS[way_out].zh}** {VERDICTS[way_out].en}<br>{NEXT_OUT[reason].zh}<br>{NEXT_OUT[reason].en} |"
    )


@pytest.mark.parametrize("reason", sorted(WAY_IN))
def test_the_guards_page_says_of_every_reason_what_the_screen_says(reason: Reason) -> None:
    assert answer_row(reason) in (DOCS / "guard.md").read_text("utf-8"), answer_row(reason)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_guards_page_says_of_every_alert_for_the_gate_what_to_do(kind: Kind) -> None:
    from gateway.pages.access import AUDIENCE, Role

    row = f"| {KINDS[kind].zh}<br>{KINDS[kind].en} | {NEXT_STEPS[kind].zh}<br>{NEXT_STEPS[kind].en} |"
    assert (row in (DOCS / "guard.md").read_text("utf-8")) == (Role.GUARD in AUDIENCE[kind]), row
