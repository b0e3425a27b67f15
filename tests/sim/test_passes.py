"""Passes of the simulated town: made by the command anybody uses, verified by the command anybody uses."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from sim.happenings import Fake, PassWanted
from sim.passes import IssueFailed, forged, issue

MENSHEN = (sys.executable, "-m", "gateway")
WANTED = [
    PassWanted(name="resident", kind="resident"),
    PassWanted(name="forged", kind="resident", fake=Fake.FORGED),
    PassWanted(name="foreign", kind="", fake=Fake.FOREIGN, text="https://example.org"),
]


def verified(keys: Path, text: str) -> tuple[int, str | None]:
    done = subprocess.run(
        [*MENSHEN, "pass", "verify", "--keys", str(keys), text], capture_output=True, text=True, check=False
    )
    return done.returncode, json.loads(done.stdout)["reason"]


def test_they_are_what_was_wanted(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    subprocess.run([*MENSHEN, "keys", "init", "--dir", str(keys)], check=True, capture_output=True)
    found = asyncio.run(issue(MENSHEN, keys, "palm", WANTED))
    assert {name: verified(keys, each.text) for name, each in found.items()} == {
        "resident": (0, None),
        "forged": (3, "forged"),
        "foreign": (4, "unreadable"),
    }
    assert len({each.cti for each in found.values()}) == 3
    assert (found["foreign"].text, found["foreign"].cti) == ("https://example.org", "")


@pytest.mark.asyncio
async def test_a_command_that_fails_says_so(tmp_path: Path) -> None:
    with pytest.raises(ExceptionGroup) as failed:
        await issue(MENSHEN, tmp_path / "none", "palm", WANTED)
    [why] = failed.value.exceptions
    assert isinstance(why, IssueFailed)
    assert "none" in str(why)


def test_a_forged_text_differs_in_one_letter() -> None:
    text = "MS1:" + "ABCDEFGH" * 20
    assert sum(one != other for one, other in zip(text, forged(text), strict=True)) == 1
