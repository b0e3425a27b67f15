"""A house whose books or lists are rubbish opens all the same: lanes and alerts run, and it says what is wrong."""

import json
from pathlib import Path

import httpx
import pytest

from gateway.bodies import read_body
from gateway.findings import Alert, AlertState, Decision, Reason, Verdict
from gateway.kinds import Kind
from tests.gateway.house.test_house import Premises, premises


def found(here: Premises, wanted: type) -> list[object]:
    return [body for each in here.records() if each.body and isinstance(body := read_body(each.body), wanted)]


def open_alerts(here: Premises) -> dict[str, bool]:
    """Which books there is an alert for, and whether it is still so."""
    alerts = [each for each in found(here, Alert) if isinstance(each, Alert) and each.kind is Kind.BOOK_UNREADABLE]
    return {alert.device: alert.active for alert in alerts}


@pytest.mark.asyncio
async def test_with_a_damaged_staff_book_and_no_trust_list_the_lanes_go_on(tmp_path: Path) -> None:
    async with premises(tmp_path) as here:
        registry = here.data / "registry"
        here.menshen("staff", "add", "--id", "g1", "--name", "张卫", "--role", "guard", said="2580\n")
        whole = (registry / "staff.json").read_bytes()
        (registry / "staff.json").write_bytes(whole[: len(whole) // 2])
        (registry / "devices.json").write_bytes(b"[]")
        list_of_passes = (tmp_path / "trust.cose").read_bytes()
        (tmp_path / "trust.cose").unlink()
        (tmp_path / "trust.cose").mkdir()
        text = here.text()
        await here.open(pages=True)
        assert open_alerts(here) == {"devices": True, "staff": True, "trust": True}
        said = here.log.read_text("utf-8")
        assert "CRITICAL registry: the book staff cannot be read, the house opens without it" in said
        assert f"CRITICAL trust: {tmp_path}/trust.cose cannot be read" in said
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{here.port}", timeout=30) as browser:
            assert 'data-testid="login-damaged"' in (await browser.get("/login")).text
        here.scanner.cable.say(here.scanner.line(text))
        await here.until(lambda: bool(found(here, Decision)))
        (decided,) = found(here, Decision)
        assert isinstance(decided, Decision)
        assert (decided.verdict, decided.reason) == (Verdict.REFER, Reason.CANNOT_CHECK)
        assert (await here.close())[0] == 0
        # the installer follows the guide: the files go, and come back
        (tmp_path / "trust.cose").rmdir()
        (tmp_path / "trust.cose").write_bytes(list_of_passes)
        for name in ("staff.json", "devices.json"):
            (registry / name).rename(registry / f"{name}.damaged")
        here.menshen("staff", "add", "--id", "g1", "--name", "张卫", "--role", "guard", said="2580\n")
        assert json.loads(here.menshen("staff", "list", "--json")) == {"id": "g1", "name": "张卫", "role": "guard"}
        await here.open()
        assert open_alerts(here) == {"devices": False, "staff": False, "trust": False}
        states = {each.state for each in found(here, Alert) if isinstance(each, Alert)}
        assert states == {AlertState.RAISED, AlertState.CLEARED}
        assert (await here.close())[0] == 0


def test_a_volunteer_s_code_is_made_with_its_hours_and_told_once(tmp_path: Path) -> None:
    here = Premises(tmp_path)
    try:
        made = json.loads(here.menshen("staff", "volunteer", "--name", "小陈", "--hours", "4", "--json"))
        assert (len(made["code"]), made["code"].isdigit(), made["id"][0]) == (6, True, "v")
        (listed,) = [json.loads(line) for line in here.menshen("staff", "list", "--json").splitlines()]
        assert (listed["id"], listed["role"], listed["ends"]) == (made["id"], "volunteer", made["ends"])
        assert made["code"] not in (here.data / "registry" / "staff.json").read_text("utf-8")
        here.menshen("staff", "remove", "--id", made["id"])
        assert here.menshen("staff", "list") == ""
    finally:
        here.scanner.close()
        here.line.close()
