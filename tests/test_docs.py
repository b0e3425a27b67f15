"""README and docs/ in; what they say against what is there: links, commands, settings, messages, words."""

import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import typer.main
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel

from devices import reading
from devices.mqtt import Broker
from gateway.centre.app import CentreConfig
from gateway.cli.commands import command_line
from gateway.cli.contract import asyncapi
from gateway.config.plan import load_config
from gateway.config.sections import Config
from gateway.enact.every import RESULTS_KEPT
from gateway.enact.homes import MAX_STAY_DAYS, MAX_WINDOW
from gateway.events import every as events
from gateway.findings import AlertState
from gateway.limits import Limits
from gateway.pages.gate.guard import RULING_WAITS
from gateway.passes.keys import public_bytes, public_pem
from gateway.uplink.listen import LARGEST_ORDER_BYTES
from gateway.uplink.status import HEALTH_EVERY_SECONDS, OPEN_AT_MOST, WILL_DELAY_SECONDS
from gateway.uplink.uplink import AHEAD, FIRST_RESEND_SECONDS, LATE_AFTER, LONGEST_RESEND_SECONDS
from tests import word_tables
from tests.certificates import issue
from tests.contract_examples import blocks, examples, shown, updated
from tests.licences import ROOT

DOCS = ROOT / "docs"
EXAMPLE = (DOCS / "menshen.example.toml").read_text("utf-8")
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


COMMENTED = re.compile(r"^# (\[\[?[a-z_.]+\]\]?.*|[a-z_]+ = .*)$", re.MULTILINE)


def installed(folder: Path, text: str) -> Path:
    """The example as it stands on a gateway: with the files it names."""
    for name in set(re.findall(r'"/etc/menshen/([^"/]+)"', text)):
        (folder / name).touch()
    (folder / "root.pub.pem").write_bytes(public_pem(public_bytes(Ed25519PrivateKey.generate())))
    issue(folder, "pages")
    path = folder / "menshen.toml"
    path.write_text(text.replace("/etc/menshen/", f"{folder}/"), "utf-8")
    return path


def test_the_example_configuration_is_right(tmp_path: Path) -> None:
    plan = load_config(installed(tmp_path, EXAMPLE))
    assert {link.name for link in plan.links} == {"camera-in", "scanner-out", "rs485-a", "radio"}
    assert plan.config.uplink is not None


def test_it_is_also_right_with_everything_that_is_commented_out(tmp_path: Path) -> None:
    plan = load_config(installed(tmp_path, COMMENTED.sub(r"\1", EXAMPLE)))
    assert plan.config.pages.cert_file is not None
    assert plan.config.passes.foreign is not None


def keys_of(section: type[BaseModel]) -> Iterator[str]:
    """Every key of a section and of the sections in it; limits have a file of their own."""
    for name, field in section.model_fields.items():
        yield name
        inner = [field.annotation, *get_args(field.annotation)]
        for kind in inner:
            if isinstance(kind, type) and issubclass(kind, BaseModel) and name not in ("limits", "broker"):
                yield from keys_of(kind)


def test_every_key_of_the_configuration_is_explained_in_the_example() -> None:
    missing = [key for key in keys_of(Config) if not re.search(rf"(^|# |\.|\[){key}( = |\]|\.)", EXAMPLE, re.MULTILINE)]
    assert missing == []


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


@pytest.mark.parametrize("page", word_tables.PAGES, ids=lambda page: page.name)
def test_the_tables_of_words_are_current(page: Path) -> None:
    text = page.read_text("utf-8")
    assert word_tables.updated(text) == text, "run `python -m tests.word_tables --update`"


def test_every_table_of_words_stands_in_a_page() -> None:
    written = [found[2] for page in word_tables.PAGES for found in word_tables.TABLE.finditer(page.read_text("utf-8"))]
    assert sorted(written) == sorted(word_tables.tables())


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("centre.md", f"at most {AHEAD} of a stream"),
        ("centre.md", f"at most {Broker(client_id='any').window} messages are in flight"),
        ("centre.md", f"at most {OPEN_AT_MOST}, `more` counts the rest"),
        ("centre.md", f"every {HEALTH_EVERY_SECONDS:g} s: each link's"),
        ("centre.md", f"the broker waits {WILL_DELAY_SECONDS} s"),
        ("centre.md", f"sent more than {LATE_AFTER.seconds} s after it was heard"),
        ("centre.md", f"for {FIRST_RESEND_SECONDS:g} s (growing to {LONGEST_RESEND_SECONDS:g} s)"),
        ("centre.md", f"At most {LARGEST_ORDER_BYTES:,} bytes"),
        ("centre.md", f"remembers the last {RESULTS_KEPT:,}"),
        ("centre.md", f"at most {MAX_STAY_DAYS} days beyond its first and a window at most {MAX_WINDOW.days} days"),
        ("answers.md", f"within {Limits().repeat_seconds:g} s counts once"),
        ("guard.md", f"it waits in the list for {RULING_WAITS.seconds // 60} minutes"),
    ],
)
def test_a_figure_on_a_page_is_the_codes(page: str, said: str) -> None:
    assert said in " ".join((DOCS / page).read_text("utf-8").split())


VENDORED = json.loads((ROOT / "gateway/pages/static/vendor/lock.json").read_text("utf-8"))


@pytest.mark.parametrize("package", VENDORED, ids=lambda package: str(package["package"]))
def test_every_package_shipped_with_the_pages_is_listed_with_its_licence(package: dict[str, str]) -> None:
    link = f"[{package['package']}](https://www.npmjs.com/package/{package['package']})"
    lines = [line for line in (ROOT / "THIRD_PARTY.md").read_text("utf-8").splitlines() if link in line]
    assert [line.split("|")[2:4] for line in lines] == [[f" {package['version']} ", f" {package['licence']} "]]


def test_the_readme_names_everything_that_can_be_made() -> None:
    targets = re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    said = (ROOT / "README.md").read_text("utf-8")
    assert [target for target in targets if f"`make {target}`" not in said and f"\nmake {target} " not in said] == [
        "help"
    ]


def test_the_centres_page_has_every_state_of_an_alert() -> None:
    table = (DOCS / "centre.md").read_text("utf-8").partition("| state | means | goes on to |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == {state.value for state in AlertState}


VALUE = re.compile(r"`(\w+)\((\w+(?:, \w+)*)\)`")


def test_every_value_that_follows_the_byte_has_the_fields_the_readme_says() -> None:
    found = VALUE.findall((ROOT / "README.md").read_text("utf-8"))
    assert {name for name, _ in found} >= {"Sighting", "Reading", "DoorMoved"}
    for name, fields in found:
        if name != "Driver":  # of the device that somebody adds
            value = getattr(reading if hasattr(reading, name) else events, name)
            assert set(fields.split(", ")) <= set(value.__struct_fields__), name


NAMED = re.compile(r"`((?:devices|gateway|firmware_bridges|sim|tests|systemd)/[\w./-]+)`")


@every_page
def test_every_file_named_in_a_page_is_there(page: Path) -> None:
    for name in NAMED.findall(page.read_text("utf-8")):
        assert (ROOT / name).exists(), f"{page.name}: {name}"


def every_command(command: Any, words: str = "menshen") -> Iterator[str]:
    if not hasattr(command, "commands"):
        yield words
        return
    for word, inner in command.commands.items():
        yield from every_command(inner, f"{words} {word}")


@pytest.mark.parametrize("said", sorted(every_command(typer.main.get_command(command_line([])))))
def test_the_readme_names_every_command(said: str) -> None:
    assert f"`{said}`" in (ROOT / "README.md").read_text("utf-8")
