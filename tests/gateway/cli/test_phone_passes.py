"""Phones' passes from a terminal: a secret, a pass, its page, and what the check says."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gateway.cli.keys import app as keys_app
from gateway.cli.passes import app as pass_app
from gateway.passes.phone_page import phone_pass
from gateway.passes.phone_secret import read_secret, write_secret
from gateway.passes.rotating import MAX_EPOCH, pass_key, show
from gateway.trust.phone_secrets import read_phone_secrets


def run_keys(*words: str | Path) -> Result:
    return CliRunner().invoke(keys_app, list(map(str, words)))


def run_pass(*words: str | Path) -> Result:
    return CliRunner().invoke(pass_app, list(map(str, words)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keys = tmp_path / "keys"
    assert run_keys("init", "--dir", keys).exit_code == 0
    assert run_keys("phone", "--dir", keys).exit_code == 0
    return keys


def issued(folder: Path, *words: str) -> str:
    made = run_pass("issue", "--keys", folder, "--kind", "resident", "--compound", "palm", *words)
    assert made.exit_code == 0, made.output
    return made.stdout.strip()


def test_a_secret_is_for_its_owner_alone_and_the_next_has_a_higher_epoch(folder: Path) -> None:
    assert run_keys("phone", "--dir", folder).exit_code == 0
    files = sorted((folder / "phone").iterdir())
    assert [file.name for file in files] == ["phone-1.key", "phone-2.key"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    found = read_phone_secrets(files)
    assert sorted(found) == [1, 2]
    assert found[1] != found[2]


def test_a_pass_for_a_phone_becomes_a_page_only_its_owner_may_read(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "pass.html"
    text = issued(folder, "--phone")
    made = run_pass("phone", "--keys", folder, "--out", out, "--label", "棕榈苑", text)
    assert made.exit_code == 0, made.output
    page = out.read_text("utf-8")
    held = re.search(r'id="pass">([^<]+)<', page)
    gate_pass = phone_pass(text)
    assert held is not None
    assert gate_pass is not None
    assert json.loads(held[1])["blob"] == gate_pass.blob.hex()
    assert "棕榈苑" in page
    assert out.stat().st_mode & 0o777 == 0o600


def test_a_phones_code_is_checked_at_an_hour(folder: Path) -> None:
    gate_pass = phone_pass(issued(folder, "--phone"))
    assert gate_pass is not None
    (secret,) = read_phone_secrets((folder / "phone").iterdir()).values()
    at = datetime.now(UTC) + timedelta(hours=1)
    text = show(gate_pass.blob, pass_key(secret, gate_pass.claims.cti), 1, at)
    for later, code, reason, why in [(0, 0, None, None), (40, 3, "not_fresh", "old"), (-60, 3, "not_fresh", "ahead")]:
        found = run_pass("verify", "--keys", folder, "--at", (at + timedelta(seconds=later)).isoformat(), text)
        answer = json.loads(found.stdout)
        assert (found.exit_code, answer["reason"], answer["why"]) == (code, reason, why)
    (folder / "phone" / "phone-1.key").unlink()
    found = run_pass("verify", "--keys", folder, "--at", at.isoformat(), text)
    assert (found.exit_code, json.loads(found.stdout)["why"]) == (5, "no_rotating_secret")


def test_what_cannot_become_a_page_is_said_in_one_line(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "pass.html"
    card = run_pass("phone", "--keys", folder, "--out", out, issued(folder))
    assert (card.exit_code, "issue one with --phone" in card.stderr) == (4, True)
    other = run_pass("phone", "--keys", folder, "--out", out, "hello")
    assert (other.exit_code, "no pass for a phone" in other.stderr) == (4, True)
    (folder / "phone" / "phone-1.key").unlink()
    none = run_pass("phone", "--keys", folder, "--out", out, issued(folder, "--phone"))
    assert (none.exit_code, "menshen keys phone" in none.stderr) == (2, True)
    assert not out.exists()


def test_a_secret_others_may_read_is_refused(folder: Path) -> None:
    path = folder / "phone" / "phone-1.key"
    path.chmod(0o640)
    with pytest.raises(PermissionError, match="chmod 600"):
        read_phone_secrets([path])


def test_two_secrets_of_one_epoch_are_refused(tmp_path: Path) -> None:
    paths = []
    for number in (1, 2):
        path = tmp_path / f"{number}.key"
        path.touch(0o600)
        path.write_text(write_secret(1, bytes([number]) * 32))
        paths.append(path)
    with pytest.raises(ValueError, match="epoch 1 already"):
        read_phone_secrets(paths)
    assert read_phone_secrets([paths[0], paths[0]]) == {1: b"\x01" * 32}


@pytest.mark.parametrize("epoch", [0, 1, MAX_EPOCH])
def test_a_secret_is_read_as_it_was_written(epoch: int) -> None:
    assert read_secret(write_secret(epoch, b"\xab" * 32)) == (epoch, b"\xab" * 32)


@pytest.mark.parametrize(
    "line",
    ["", "menshen phone secret 1 abc", f"menshen phone secret 16 {'0' * 64}", f"menshen phone secret -1 {'0' * 64}"],
)
def test_another_line_is_no_secret(line: str) -> None:
    with pytest.raises(ValueError, match="not a secret"):
        read_secret(line)


@pytest.mark.parametrize(("epoch", "size"), [(MAX_EPOCH + 1, 32), (-1, 32), (1, 31)])
def test_a_secret_no_gate_would_take_is_not_written(epoch: int, size: int) -> None:
    with pytest.raises(ValueError, match="epochs go"):
        write_secret(epoch, bytes(size))
