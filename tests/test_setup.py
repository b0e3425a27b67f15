"""The set-up script, on machines that lack something: it says what, and touches nothing."""

import os
import subprocess
from pathlib import Path

import pytest

SETUP = Path(__file__).resolve().parents[1] / ".ci" / "setup.sh"
DEBIAN_12 = "installed mosquitto, \ninstalled libzbar0, libzbar (= 0.23)\ninstalled dbus-daemon, \n"
DEBIAN_13 = "installed mosquitto, \ninstalled libzbar0t64, libzbar0 (= 0.23.93-8)\ninstalled dbus-daemon, \n"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder of programs that stand before the real ones: an ordinary account, and nobody to ask for more."""
    program(tmp_path, "id", "echo 1000")
    program(tmp_path, "sudo", "exit 1")
    # Were the set-up to go on in spite of what is missing, it would end here and not in the environment we run in.
    program(tmp_path, "sha256sum", "exit 99")
    return tmp_path


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def set_up(machine: Path, set_name: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", SETUP, set_name],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        env={**os.environ, "PATH": f"{machine}:{os.environ['PATH']}", "VENV": str(machine / "venv"), **environment},
    )


@pytest.mark.parametrize(
    ("installed", "missing"),
    [
        (DEBIAN_12, "fonts-noto-cjk"),
        (DEBIAN_13, "fonts-noto-cjk"),
        (DEBIAN_12 + "config-files fonts-noto-cjk, \n", "fonts-noto-cjk"),  # removed, its settings left behind
        ("installed fonts-noto-cjk, \ninstalled mosquitto-clients, \n", "mosquitto libzbar0 dbus-daemon"),
    ],
)
def test_without_the_right_to_install_it_says_what_to_type(machine: Path, installed: str, missing: str) -> None:
    (machine / "packages").write_text(installed)
    program(machine, "dpkg-query", f"cat {machine}/packages")
    program(machine, "apt-get", "exit 99")

    answer = set_up(machine, "run")

    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr.splitlines() == [
        "menshen set-up: Debian packages are missing, and this account may not install them. As root, run:",
        f"menshen set-up:     apt-get update && apt-get install --no-install-recommends {missing}",
        "menshen set-up: then start again.",
    ]


def test_a_python_without_venv_is_told_of_together_with_the_rest(machine: Path) -> None:
    """Whoever has to ask somebody else for packages asks once."""
    (machine / "packages").write_text(DEBIAN_13)
    program(machine, "dpkg-query", f"cat {machine}/packages")
    program(machine, "apt-get", "exit 99")
    program(machine, "python3.99", 'case "$2" in *venv,*) exit 1 ;; *print*) echo python3.99-venv ;; esac')

    answer = set_up(machine, "run", PYTHON="python3.99")

    assert answer.returncode == 1
    assert "apt-get install --no-install-recommends fonts-noto-cjk python3.99-venv\n" in answer.stderr


def test_a_python_that_is_too_old_is_refused_before_anything_is_made(machine: Path) -> None:
    (machine / "packages").write_text(DEBIAN_13 + "installed fonts-noto-cjk, \n")
    program(machine, "dpkg-query", f"cat {machine}/packages")
    program(machine, "python3.9", "exit 1")  # what `sys.exit(sys.version_info < (3, 11))` answers there

    answer = set_up(machine, "run", PYTHON="python3.9")

    assert (answer.returncode, answer.stderr) == (1, "menshen set-up: PYTHON=python3.9 is no Python of 3.11 or newer\n")
    assert not (machine / "venv").exists()


def test_an_unknown_set_is_a_usage_error(machine: Path) -> None:
    answer = set_up(machine, "everything")
    assert (answer.returncode, answer.stderr) == (2, "usage: .ci/setup.sh run|test|gateway\n")
