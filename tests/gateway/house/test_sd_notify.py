"""systemd's side of the socket, and what arrives there."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.sd_notify import SystemdNotifier, watchdog_interval


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """A bound datagram socket as systemd has it, with its name as `$NOTIFY_SOCKET` writes it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.settimeout(30)
        if request.param == "path":
            listener.bind(str(tmp_path / "notify"))
            yield str(tmp_path / "notify"), listener
        else:
            listener.bind("")  # the kernel gives it a free abstract name (unix(7), "Autobind feature")
            yield "@" + listener.getsockname()[1:].decode(), listener


def test_each_call_is_one_datagram_of_assignments(manager: tuple[str, socket.socket]) -> None:
    address, listener = manager
    systemd = SystemdNotifier(address)

    assert systemd.ready("two lanes, twenty doors")
    assert systemd.alive()
    assert systemd.status("门神: uplink lost")
    assert systemd.stopping()

    assert [listener.recv(4096).decode() for _ in range(4)] == [
        "READY=1\nSTATUS=two lanes, twenty doors",
        "WATCHDOG=1",
        "STATUS=门神: uplink lost",
        "STOPPING=1",
    ]


def test_a_line_break_in_a_status_cannot_become_an_assignment(manager: tuple[str, socket.socket]) -> None:
    address, listener = manager
    assert SystemdNotifier(address).status("lane 1\nMAINPID=1")
    assert listener.recv(4096) == b"STATUS=lane 1 MAINPID=1"


@pytest.mark.parametrize("address", [None, ""])
def test_without_systemd_nothing_is_sent(address: str | None) -> None:
    assert SystemdNotifier(address).ready() is False


def test_a_manager_that_is_gone_does_not_stop_the_house(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert SystemdNotifier(str(tmp_path / "nobody")).alive() is False
    assert "not told WATCHDOG=1" in caplog.text


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "77"}, timedelta(seconds=30)),
        ({"WATCHDOG_USEC": "30000000"}, timedelta(seconds=30)),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "78"}, None),  # meant for the process that started us
        ({"WATCHDOG_USEC": "0", "WATCHDOG_PID": "77"}, None),
        ({"WATCHDOG_USEC": "soon", "WATCHDOG_PID": "77"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_interval_is_read_from_the_environment(
    environment: dict[str, str], expected: timedelta | None
) -> None:
    assert watchdog_interval(environment, pid=77) == expected
