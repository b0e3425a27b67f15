"""Commands on a gateway that was never started, by whoever types them: one line says what is wrong and what to do."""

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gateway.cli.commands import command_line
from tests.gateway.config.test_config import MINIMAL

NOBODY = 65534


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "menshen.toml"
    text = MINIMAL.replace("/var/lib/menshen", str(tmp_path / "data"))
    path.write_text(text + '[windows]\naddress = "http://192.0.2.20:8080"\n', "utf-8")
    (tmp_path / "data").mkdir()
    return path


def run(*words: str) -> Result:
    found = CliRunner().invoke(command_line(words), list(words), input="4711\n")
    assert found.exception is None or isinstance(found.exception, SystemExit)
    return found


def test_before_the_first_start_there_is_no_journal_and_that_is_said(config: Path) -> None:
    found = run("devices", "batteries", "--config", str(config))
    assert found.exit_code == 2
    assert found.stderr.endswith("journal.db: there is no journal yet; the house makes one when it first opens\n")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can write where the house could not read it")
@pytest.mark.parametrize(
    "words",
    [
        ("staff", "add", "--id", "g1", "--name", "张卫", "--role", "guard"),
        ("window", "codes"),
        ("enrol", "palm/3-1-a", "--ground", "notice 17", "--person", "王阿婆"),
        ("run",),
    ],
    ids=lambda words: words[0],
)
def test_root_is_told_to_be_the_houses_account_where_it_would_write(config: Path, words: tuple[str, ...]) -> None:
    data = config.parent / "data"
    os.chown(data, NOBODY, -1)
    found = run(*words, "--config", str(config))
    assert found.exit_code == 2
    assert f"{data} belongs to nobody, who could not read what root writes there; type\n" in found.stderr
    assert "    runuser -u nobody -- " in found.stderr
    assert list(data.iterdir()) == []


def test_a_flat_that_is_not_there_is_told_with_one_that_is(config: Path) -> None:
    found = run("window", "codes", "--flat", "palm/3-1-aa", "--config", str(config))
    assert (found.exit_code, 'did you mean "palm/3-1-a"?' in found.stderr) == (2, True)


def test_a_file_that_is_named_and_not_there_is_told_and_nothing_is_wrong_with_the_settings(config: Path) -> None:
    secret = config.parent / "uplink.password"
    channel = f'[uplink.broker]\nclient_id = "palm-1"\nusername = "palm-1"\npassword_file = "{secret}"\n'
    config.write_text(config.read_text("utf-8") + channel, "utf-8")
    found = run("config", "check", "--config", str(config))
    assert found.exit_code == 0, found.stderr
    assert f"uplink.broker.password_file: {secret} is not there" in found.stderr
    told = json.loads(run("config", "check", "--config", str(config), "--json").stdout)
    assert told["missing_files"] == {"uplink.broker.password_file": str(secret)}
    secret.write_text("word")
    assert run("config", "check", "--config", str(config)).stderr == ""
