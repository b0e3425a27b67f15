"""`menshen demo` as a stranger runs it: everything arrives, nothing twice; the same seed gives the same decisions."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

PATIENCE = 150  # seconds, for a machine that does ten other things

pytestmark = [pytest.mark.timeout(2 * PATIENCE), pytest.mark.xdist_group("demo")]


def start(report: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "gateway", "demo", "--port", "0", "--report", str(report), *options]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def ended(demo: subprocess.Popen[str], report: Path) -> dict[str, Any]:
    """The report of a demonstration that went well; else what it said."""
    try:
        said, _ = demo.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        demo.send_signal(signal.SIGINT)
        said, _ = demo.communicate(timeout=PATIENCE)
        pytest.fail(f"it does not end:\n{said}")
    assert demo.returncode == 0, said
    found: dict[str, Any] = json.loads(report.read_text())
    return found


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two demonstrations of one seed, side by side."""
    reports = [tmp_path_factory.mktemp("demo") / "report.json" for _ in range(2)]
    demos = [start(report, "--seconds", "25", "--seed", "7") for report in reports]
    first, second = (ended(demo, report) for demo, report in zip(demos, reports, strict=True))
    return first, second


def test_nothing_is_lost_doubled_or_missed(twins: tuple[dict[str, Any], dict[str, Any]]) -> None:
    for report in twins:
        assert report["ok"]
        assert (report["lost"], report["doubled"]) == (0, 0)
        assert (report["alerts"]["missed"], report["decisions"]["missed"]) == ([], [])
        assert (report["alerts"]["unexpected"], report["decisions"]["unexpected"], report["by_hand"]) == ([], [], 0)
        assert report["alerts_raised"] == report["alerts_at_centre"] == len(report["alerts"]["expected"]) == 14
        came_of = {what: len(found["expected"]) for what, found in report["came_of"].items()}
        assert (came_of["falls cancelled"], came_of["services brought"]) == (1, 1)
        assert came_of["rounds held"] >= 1
        assert not any(found["missed"] for found in report["came_of"].values())
        assert "band_at_gate" in {kind for kind, _ in report["alerts"]["expected"]}
        assert 0 < report["alerts_escalated"] < report["alerts_raised"]  # a call for help that nobody takes
        assert report["passes"] == report["admitted"] + report["refused"] + report["referred"]
        assert min(report["admitted"], report["refused"], report["referred"], report["temperatures"]) > 0
        opened = [each for each in report["decisions"]["expected"] if each[1] == "admit" and each[2] != "repeated"]
        assert report["barriers_opened"] == len(opened) > 0  # a code held on is admitted, and opens nothing anew
        assert all(report["inputs"][kind] > 0 for kind in ("camera", "scanner", "door", "band"))
        assert report["inputs"]["door"] == report["door_movements"] > 20
        assert 0 < report["latency_ms"]["p50"] <= report["latency_ms"]["p99"]
        assert (report["gateway_starts"], report["gateway_exit"]) == (1, 0)


def test_the_same_seed_gives_the_same_decisions_and_alerts(twins: tuple[dict[str, Any], dict[str, Any]]) -> None:
    first, second = twins
    assert first["decided"] == second["decided"]
    assert first["alerted"] == second["alerted"]
    reasons = {reason for lane in first["decided"].values() for _, reason in lane}
    assert reasons == {
        *("admitted", "repeated", "not_a_pass", "forged", "withdrawn", "expired", "wrong_gate", "spent", "quarantined")
    }


def test_a_gateway_killed_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    found = ended(start(report, "--seconds", "16", "--seed", "8", "--kill-gateway-at", "6"), report)
    assert found["gateway_starts"] == 2
    assert (found["lost"], found["doubled"]) == (0, 0)
    assert (found["alerts"]["missed"], found["decisions"]["missed"]) == ([], [])


def test_ctrl_c_ends_it_with_a_summary_and_leaves_no_process_behind(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    demo = start(report)
    assert demo.stdout is not None
    said = ""
    while "people come" not in said and (line := demo.stdout.readline()):
        said += line
    begun = psutil.Process(demo.pid).children(recursive=True)
    assert len(begun) >= 4, said  # mosquitto, dbus-daemon, the centre, the gateway
    os.killpg(demo.pid, signal.SIGINT)  # as a terminal does: to the whole process group
    rest, _ = demo.communicate(timeout=PATIENCE)
    assert "lost 0, doubled 0" in rest
    assert json.loads(report.read_text())["lost"] == 0
    assert psutil.wait_procs(begun, timeout=10)[1] == []
