"""The pages' own examples in: commands typed in their order, settings loaded, messages decoded; what they promise out.

`/etc/menshen` and `/var/lib/menshen` stand in a folder of the test, and nobody changes accounts; else each line is
typed as it is printed.
"""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.commands import command_line
from gateway.config.errors import ConfigError
from gateway.config.plan import load_config
from tests.test_docs import DOCS, EXAMPLE, FENCE, installed

CAST = {  # what the pages take for granted: a PIN typed in, files that a maker or an office sent
    "bands.csv": "device,key_hex\nband-c0de00000001,000102030405060708090a0b0c0d0e0f\n",
    "cars.csv": "车牌,住户\n沪A12345,3-1-502\n",
}
NEEDS_HARDWARE = re.compile(r"menshen (cards read|centre|watch|order|pass phone)\b")
LATER = {"menshen registry import": 1}  # the list of `registry template` is still empty: it says so


def typed(page: str) -> Iterator[str]:
    """Every line of the page's shell blocks that is one of our commands, as it is typed without another account."""
    for language, body in FENCE.findall((DOCS / page).read_text("utf-8")):
        for line in body.replace("\\\n", " ").splitlines() if language == "sh" else ():
            said = re.sub(r"^(runuser -u menshen -- )?(/opt/menshen/venv/bin/)?", "", line.strip())
            if said.startswith("menshen ") and not NEEDS_HARDWARE.match(said):
                yield said


@pytest.fixture
def gateway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A gateway that is installed by the example, with the files of the pages beside whoever types."""
    etc = tmp_path / "etc"
    etc.mkdir()
    text = EXAMPLE.replace("/var/lib/menshen", str(tmp_path / "var"))
    text = re.sub(r"^# names = \[", "names = [", text, flags=re.MULTILINE)
    installed(etc, text)
    for name, content in CAST.items():
        (tmp_path / name).write_text(content, "utf-8")
    [cards] = [body for _, body in FENCE.findall((DOCS / "installer.md").read_text("utf-8")) if "number,kind" in body]
    (tmp_path / "cards.csv").write_text(cards, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(line: str) -> tuple[int, str]:
    """As a shell does it: files in and out, a PIN where one is asked for."""
    for there, here in (("/etc/menshen/", "etc/"), ("/media/stick/", "keys/"), ("/tmp/", "")):
        line = line.replace(there, here)
    words = shlex.split(line, comments=True)
    given, into = "4711\n", None
    if "<" in words:
        at = words.index("<")
        given, words = Path(words[at + 1]).read_text("utf-8"), words[:at]
    if ">" in words:
        at = words.index(">")
        into, words = Path(words[at + 1]), words[:at]
    found = CliRunner().invoke(command_line(words[1:]), words[1:], input=given)
    if into is not None:
        into.write_text(found.stdout, "utf-8")
    assert found.exception is None or isinstance(found.exception, SystemExit), f"{line}: {found.exception!r}"
    return found.exit_code, found.output


@pytest.mark.parametrize("page", ["installer.md", "homes.md", "phones.md"])
def test_every_command_of_a_page_does_what_it_says_in_the_order_of_the_page(page: str, gateway: Path) -> None:
    if page == "phones.md":
        assert run("menshen keys init --dir keys --compound palm")[0] == 0
    for line in typed(page):
        wanted = next((code for start, code in LATER.items() if line.startswith(start)), 0)
        if line.startswith("menshen ca export"):  # a gateway that was started has made it
            assert run("menshen ca init --config /etc/menshen/menshen.toml")[0] == 0
        code, said = run(line)
        assert code == wanted, f"{page}: {line}: {code}: {said}"
        if line.startswith("menshen keys init"):  # as the page says: onto every gateway
            for name in ("root.pub.pem", "trust.cose"):
                (gateway / "etc" / name).write_bytes((gateway / "keys" / name).read_bytes())


def test_a_backup_of_the_page_is_put_back_by_the_page(tmp_path: Path) -> None:
    """Stopping, starting and accounts are systemd's and root's; the rest is typed as it stands there."""
    for program in ("systemctl", "chown"):
        (tmp_path / program).write_text("#!/bin/sh\n")
        (tmp_path / program).chmod(0o755)
    blocks = [body for _, body in FENCE.findall((DOCS / "installer.md").read_text("utf-8")) if "backup.tar" in body]
    backup, restore = (
        body.replace("/var/lib", str(tmp_path)).replace("/media/stick", str(tmp_path)) for body in blocks
    )
    data = tmp_path / "menshen"
    (data / "secrets").mkdir(parents=True)
    (data / "journal.db-wal").write_text("then")
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    subprocess.run(["bash", "-euc", backup], check=True, env=env)
    (data / "journal.db-wal").write_text("now")
    (data / "journal.db.forgotten").write_text("somebody")
    subprocess.run(["bash", "-euc", restore], check=True, env=env)
    assert {path.name: path.read_text() for path in data.iterdir() if path.is_file()} == {
        "journal.db-wal": "then",
        "journal.db.forgotten": "somebody",
    }
    assert (data / "secrets").is_dir()


SETTINGS = [
    (page.name, number, body)
    for page in sorted(DOCS.glob("*.md"))
    if page.name != "centre.md"  # the centre's own settings: tests/test_docs.py
    for number, (language, body) in enumerate(FENCE.findall(page.read_text("utf-8")))
    if language == "toml"
]


HEADER = re.compile(r"^(?=\[)", re.MULTILINE)
NAMED = re.compile(r'^(?:id|name) = (".*?")', re.MULTILINE)


def beside(example: str, body: str) -> str:
    """A page's settings written under the example's; a section that both have, or of the same id, is the page's."""
    theirs = [(each.partition("\n")[0].split("]")[0], NAMED.search(each)) for each in HEADER.split(body)]
    kept = []
    for section in HEADER.split(example):
        header, named = section.partition("\n")[0].split("]")[0], NAMED.search(section)
        same = [name for other, name in theirs if other == header]
        table = not header.startswith("[[") and "." not in header
        if not any(table or (name and named and name[1] == named[1]) for name in same):
            kept.append(section)
    return "".join([*kept, "\n", body])


@pytest.mark.parametrize(("page", "number", "body"), SETTINGS, ids=[f"{page} {number}" for page, number, _ in SETTINGS])
def test_settings_shown_on_a_page_fit_into_the_example(page: str, number: int, body: str, tmp_path: Path) -> None:
    for name in re.findall(r'"/etc/menshen/(\w+/[^"/]+)"', body):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    plan = load_config(installed(tmp_path, beside(EXAMPLE, body)))
    assert plan.config.compounds[0].id == "palm"


KEY = re.compile(r"^(\w{4,}) = |[{,] (\w{4,}) = ", re.MULTILINE)


def test_each_key_mistyped_is_told_with_its_line_and_what_was_meant(tmp_path: Path) -> None:
    """Two letters changed over, as a tired installer does: the very line and the right word are told."""
    wrong = []
    for found in KEY.finditer(EXAMPLE):
        key = found[1] or found[2]
        slip = key[:-2] + key[-1] + key[-2]
        at = found.start(1 if found[1] else 2)
        if slip == key or re.search(r"^#.*$", EXAMPLE[EXAMPLE.rfind("\n", 0, at) + 1 : at]):
            continue
        text = EXAMPLE[:at] + slip + EXAMPLE[at + len(key) :]
        line = text.count("\n", 0, at) + 1
        try:
            load_config(installed(tmp_path, text))
            wrong.append(f"{slip}: taken")
        except ConfigError as exc:
            said = "\n".join(exc.lines)
            if f"line {line}:" not in said or slip not in said or f'"{key}"' not in said:
                wrong.append(f"line {line}: {slip}: {said}")
    assert wrong == [], "\n".join(wrong)
