"""`menshen pass issue|verify` and `menshen keys`, as somebody at a desk or a script would use them."""

import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from gateway.cli import keys, passes

RUNNER = CliRunner()
PALM = ("--kind", "resident", "--compound", "palm")


@pytest.fixture(scope="module")
def app() -> typer.Typer:
    both = typer.Typer()
    both.add_typer(passes.app)
    both.add_typer(keys.app)
    return both


class Desk:
    """A folder of keys, and the commands run on it."""

    def __init__(self, app: typer.Typer, folder: Path) -> None:
        self.app, self.folder = app, folder

    def run(self, *words: str, says: str | bytes | None = None, exit_code: int = 0) -> str:
        found = RUNNER.invoke(self.app, list(words), input=says)
        assert found.exit_code == exit_code, found.output
        if exit_code == 2:
            assert found.stderr.count("\n") == 1 or "Usage" in found.stderr
            return found.stderr
        return found.stdout

    def issue(self, *words: str) -> list[dict[str, Any]]:
        lines = self.run("pass", "issue", "--keys", str(self.folder), "--json", *words).splitlines()
        return [json.loads(line) for line in lines]

    def verify(self, text: str, *words: str, exit_code: int = 0, says: str | bytes | None = None) -> dict[str, Any]:
        found = self.run("pass", "verify", text, "--keys", str(self.folder), *words, exit_code=exit_code, says=says)
        answer: dict[str, Any] = json.loads(found)
        return answer

    def keys(self, command: str, *words: str, exit_code: int = 0) -> str:
        return self.run("keys", command, "--dir", str(self.folder), *words, exit_code=exit_code)


@pytest.fixture
def desk(app: typer.Typer, tmp_path: Path) -> Desk:
    desk = Desk(app, tmp_path / "keys")
    desk.keys("init", "--compound", "palm,cedar")
    return desk


def test_keys_are_readable_by_their_owner_alone(desk: Desk) -> None:
    private = [desk.folder / "root.pem", *(desk.folder / "issuing").iterdir()]
    assert [path.stat().st_mode & 0o777 for path in private] == [0o600] * 7
    assert desk.folder.stat().st_mode & 0o777 == 0o700


def test_keys_are_never_overwritten(desk: Desk) -> None:
    before = {path: path.read_bytes() for path in desk.folder.rglob("*") if path.is_file()}
    assert "never overwritten" in desk.keys("init", exit_code=2)
    assert {path: path.read_bytes() for path in desk.folder.rglob("*") if path.is_file()} == before


def test_a_list_that_could_not_be_signed_leaves_nothing_behind(app: typer.Typer, tmp_path: Path) -> None:
    desk = Desk(app, tmp_path / "keys")
    for words in (("--compound", "palm,"), ("--days", "90000"), ("--days", "9000000")):
        desk.keys("init", *words, exit_code=2)
    assert not desk.folder.exists()


def test_without_the_root_key_nothing_changes(desk: Desk) -> None:
    (desk.folder / "root.pem").rename(desk.folder.parent / "stick.pem")
    assert "root.pem" in desk.keys("rotate", exit_code=2)
    assert len(list((desk.folder / "issuing").iterdir())) == 6
    (desk.folder.parent / "stick.pem").rename(desk.folder / "root.pem")
    desk.keys("rotate")
    assert len(list((desk.folder / "issuing").iterdir())) == 12


def test_a_private_key_that_others_can_read_is_not_used(desk: Desk) -> None:
    (desk.folder / "issuing" / "resident-1.pem").chmod(0o644)
    assert "read by others" in desk.run("pass", "issue", "--keys", str(desk.folder), *PALM, exit_code=2)


def test_an_issued_pass_is_valid_and_says_what_was_asked(desk: Desk) -> None:
    (made,) = desk.issue(*PALM, "--gates", "1,3", "--subject", "5afe000000000002", "--once")
    assert made["bytes"] == 120
    assert (made["pass"]["gates"], made["pass"]["subject"], made["pass"]["once"]) == (0b101, "5afe000000000002", True)
    answer = desk.verify(made["text"])
    assert answer == {"valid": True, "reason": None, "why": None, "trust_version": 1, "pass": made["pass"]}


def test_plain_output_is_the_text_alone(desk: Desk) -> None:
    texts = desk.run("pass", "issue", "--keys", str(desk.folder), *PALM, "--count", "3").splitlines()
    assert len(set(texts)) == 3
    assert all(desk.verify(text)["valid"] for text in texts)


@pytest.mark.parametrize("kind", ["resident", "visitor", "staff", "courier", "volunteer", "observed"])
def test_every_kind_has_its_key(desk: Desk, kind: str) -> None:
    (made,) = desk.issue("--kind", kind, "--compound", "cedar", "--subject", "none")
    answer = desk.verify(made["text"])
    assert (answer["pass"]["kind"], answer["pass"]["compound"], answer["pass"]["subject"]) == (kind, "cedar", None)


def test_outside_its_validity_or_at_another_gate_a_pass_is_refused(desk: Desk) -> None:
    (made,) = desk.issue(*PALM, "--gates", "2")
    early = desk.verify(made["text"], "--at", "2020-01-01T08:00:00+08:00", exit_code=3)
    late = desk.verify(made["text"], "--at", made["pass"]["not_after"], exit_code=3)
    wrong = desk.verify(made["text"], "--gate", "1", exit_code=3)
    assert [(answer["reason"], answer["why"]) for answer in (early, late, wrong)] == [
        ("outside_validity", "not_yet"),
        ("outside_validity", "expired"),
        ("wrong_gate", None),
    ]
    assert desk.verify(made["text"], "--gate", "2")["valid"]


def test_unreadable_and_forged_have_their_own_exit_codes(desk: Desk, app: typer.Typer, tmp_path: Path) -> None:
    assert desk.verify("hello", exit_code=4)["why"] == "not_ours"
    assert desk.verify("MS1:HELLO", exit_code=4)["why"] == "malformed"
    stranger = Desk(app, tmp_path / "stranger")
    stranger.keys("init")
    (made,) = stranger.issue(*PALM)
    assert desk.verify(made["text"], exit_code=3)["reason"] == "forged"


def test_the_text_may_come_by_standard_input(desk: Desk) -> None:
    (made,) = desk.issue(*PALM)
    assert desk.verify("-", says=made["text"] + "\r\n")["valid"]
    assert desk.verify("-", says=b"\xff\xfe\x00", exit_code=4)["why"] == "not_ours"


def test_a_gateway_needs_only_the_list_and_the_public_root(desk: Desk) -> None:
    (made,) = desk.issue(*PALM)
    files = ("--trust", str(desk.folder / "trust.cose"), "--root", str(desk.folder / "root.pub.pem"))
    assert json.loads(desk.run("pass", "verify", made["text"], *files))["valid"]
    assert "--keys DIR" in desk.run("pass", "verify", made["text"], exit_code=2)


def test_what_is_withdrawn_is_refused_and_nothing_else(desk: Desk) -> None:
    lost, moved, other = desk.issue(*PALM, "--count", "3")
    desk.keys("withdraw", "--pass", lost["pass"]["cti"], "--subject", moved["pass"]["subject"])
    assert desk.verify(lost["text"], exit_code=3)["why"] == "pass_withdrawn"
    assert desk.verify(moved["text"], exit_code=3)["pass"] == moved["pass"]
    assert desk.verify(other["text"])["trust_version"] == 2


def test_a_new_key_signs_and_the_old_one_holds_until_it_is_withdrawn(desk: Desk) -> None:
    (old,) = desk.issue(*PALM)
    desk.keys("rotate", "--kind", "resident")
    (new,) = desk.issue(*PALM)
    assert new["pass"]["kid"] != old["pass"]["kid"]
    assert desk.verify(old["text"])["valid"]
    desk.keys("withdraw", "--key", "resident-1")
    assert desk.verify(old["text"], exit_code=3)["why"] == "key_withdrawn"
    assert desk.verify(new["text"])["valid"]
    summary = json.loads(desk.keys("status", "--json"))
    assert summary["version"] == 3
    assert [key["name"] for key in summary["keys"] if key["withdrawn"]] == ["resident-1"]
    assert "resident-2" in desk.keys("status")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--compound", "elm"), "no key here may sign resident passes for compound 'elm'"),
        (("--compound", "palm", "--gates", "0"), "gates go from 1 to 32"),
        (("--compound", "palm", "--gates", "north"), "invalid literal"),
        (("--compound", "palm", "--subject", "5afe"), "a subject has 8 bytes"),
        (("--compound", "palm", "--valid-from", "yesterday"), "Invalid isoformat"),
        (("--compound", "palm", "--valid-from", "9999-12-31"), "menshen:"),
        (("--compound", "palm", "--valid-from", "2020-01-01"), "not_entitled"),
        (("--compound", "palm", "--days", "0"), "begins before it ends"),
        (("--compound", "palm", "--days", "nan"), "36500"),
        (("--compound", "palm", "--days", "9000"), "not_entitled"),
    ],
)
def test_what_cannot_be_is_one_line_and_exit_2(desk: Desk, words: tuple[str, ...], says: str) -> None:
    assert says in desk.run("pass", "issue", "--keys", str(desk.folder), "--kind", "resident", *words, exit_code=2)


def test_withdrawing_what_is_not_there_is_said(desk: Desk) -> None:
    assert "no such key: resident-9" in desk.keys("withdraw", "--key", "resident-9", exit_code=2)
    assert "16 hex digits" in desk.keys("withdraw", "--pass", "beef", exit_code=2)
    assert json.loads(desk.keys("status", "--json"))["version"] == 1


def test_a_trust_list_of_another_root_is_not_believed(desk: Desk, app: typer.Typer, tmp_path: Path) -> None:
    stranger = Desk(app, tmp_path / "stranger")
    stranger.keys("init")
    (desk.folder / "trust.cose").write_bytes((stranger.folder / "trust.cose").read_bytes())
    assert "the trust list is forged" in desk.keys("status", exit_code=2)


def test_it_runs_as_a_process(tmp_path: Path) -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "gateway.cli.passes", *words],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    folder = str(tmp_path / "keys")
    assert run("keys", "init", "--dir", folder).returncode == 0
    text = run("pass", "issue", "--keys", folder, *PALM).stdout.strip()
    valid, unreadable = (
        run("pass", "verify", text, "--keys", folder),
        run("pass", "verify", text + "A", "--keys", folder),
    )
    assert (valid.returncode, unreadable.returncode) == (0, 4)
    assert json.loads(valid.stdout)["valid"]
    assert valid.stderr == unreadable.stderr == ""


def test_a_volunteers_pass_is_for_one_shift(desk: Desk) -> None:
    for_volunteers = ("--kind", "volunteer", "--compound", "palm")
    [usual] = desk.issue(*for_volunteers)
    begin, end = (datetime.fromisoformat(usual["pass"][name]) for name in ("not_before", "not_after"))
    assert end - begin == timedelta(hours=12)
    assert len(desk.issue(*for_volunteers, "--days", "1")) == 1
    words = ("pass", "issue", "--keys", str(desk.folder), *for_volunteers, "--days", "1.01")
    assert "one shift" in desk.run(*words, exit_code=2)
