"""The units, accounts and rules, installed into a tree of their own and judged by systemd's own tools."""

import os
import pwd
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
UNITS = ("menshen.service", "menshen-centre.service")
COMMAND = "opt/menshen/venv/bin/menshen"


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "SYSTEMD_LOG_LEVEL": "info", "SYSTEMD_PAGER": "", "LC_ALL": "C.UTF-8"},
    )


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with systemd's own units, what install.sh puts there, and the console command."""
    root = tmp_path_factory.mktemp("root")
    shutil.copytree("/lib/systemd/system", root / "usr/lib/systemd/system", symlinks=True)
    (root / "lib").symlink_to("usr/lib")
    subprocess.run([ROOT / "systemd/install.sh", "--root", root], check=True, timeout=60)
    (root / COMMAND).parent.mkdir(parents=True)
    shutil.copy(Path(sys.executable).with_name("menshen"), root / COMMAND)
    return root


def test_the_units_are_verified_clean_in_the_installed_tree(tree: Path) -> None:
    verdict = run("systemd-analyze", "verify", "--man=no", f"--root={tree}", *UNITS)
    assert (verdict.stderr, verdict.returncode) == ("", 0)


def test_the_verification_sees_a_misspelt_setting_and_a_missing_program(tree: Path, tmp_path: Path) -> None:
    spoilt = tmp_path / "root"
    shutil.copytree(tree, spoilt, symlinks=True)
    (spoilt / COMMAND).unlink()
    unit = spoilt / "etc/systemd/system/menshen.service"
    unit.write_text(unit.read_text().replace("WatchdogSec", "WatchdogSeconds"))
    verdict = run("systemd-analyze", "verify", "--man=no", f"--root={spoilt}", UNITS[0])
    assert "'WatchdogSeconds'" in verdict.stderr
    assert "not executable" in verdict.stderr


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_exposes_no_more_than_3_of_10(tree: Path, unit: str) -> None:
    # --threshold counts tenths: the exit status is 0 only up to 3.0.
    judged = ("systemd-analyze", "security", "--offline=true", "--no-pager", tree / "etc/systemd/system" / unit)
    verdict = run(*judged, "--threshold=30")
    assert verdict.returncode == 0, verdict.stdout
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", verdict.stdout)
    assert found is not None
    assert float(found[1]) <= 3.0


def settings(tree: Path, unit: str) -> dict[str, list[str]]:
    """Each setting of a unit file with its values in order (systemd.syntax(7); ours has no continued lines)."""
    values: dict[str, list[str]] = {}
    for line in (tree / "etc/systemd/system" / unit).read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            key, value = line.split("=", 1)
            values.setdefault(key, []).append(value)
    return values


def test_the_gateway_reaches_serial_ports_cameras_bluez_and_the_network(tree: Path) -> None:
    unit = settings(tree, "menshen.service")
    assert {value.removesuffix(" rw") for value in unit["DeviceAllow"]} == {
        "char-ttyUSB",
        "char-ttyACM",
        "char-ttyAMA",
        "char-ttyS",
        "char-video4linux",
    }
    assert {"AF_UNIX", "AF_INET", "AF_INET6"} <= set(unit["RestrictAddressFamilies"][0].split())
    # Each of these would hide the devices, or the groups that open them.
    assert {"PrivateDevices", "PrivateUsers", "PrivateNetwork", "DynamicUser"} & set(unit) == set()


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_starts_anew_after_any_death_but_not_on_wrong_settings(tree: Path, unit: str) -> None:
    values = settings(tree, unit)
    assert (values["Restart"], values["RestartPreventExitStatus"]) == (["always"], ["78"])
    assert values["StartLimitIntervalSec"] == ["0"]


def test_the_gateway_is_watched(tree: Path) -> None:
    unit = settings(tree, "menshen.service")
    assert (unit["Type"], unit["NotifyAccess"]) == (["notify"], ["main"])
    assert int(unit["WatchdogSec"][0]) > 0


def test_the_accounts_of_the_units_are_made(tree: Path) -> None:
    made = run("systemd-sysusers", f"--root={tree}")
    assert made.returncode == 0, made.stderr
    accounts = {line.split(":")[0]: line.split(":") for line in (tree / "etc/passwd").read_text().splitlines()}
    groups = {line.split(":")[0]: line.split(":")[3] for line in (tree / "etc/group").read_text().splitlines()}
    for unit in UNITS:
        values = settings(tree, unit)
        account = accounts[values["User"][0]]
        assert values["Group"][0] in groups
        assert account[5] == f"/var/lib/{values['StateDirectory'][0]}"
        assert account[6].endswith("nologin")
    assert {group for group, members in groups.items() if "menshen" in members.split(",")} == {
        "dialout",
        "video",
        "bluetooth",
    }


@pytest.mark.skipif(os.getuid() != 0, reason="systemd-tmpfiles gives files to other accounts, which only root may")
def test_each_service_reads_its_own_settings_and_nobody_else_does(tree: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    subprocess.run([ROOT / "systemd/install.sh", "--root", root], check=True, timeout=60)
    subprocess.run(["systemd-sysusers", f"--root={root}"], check=True, timeout=60, capture_output=True)
    (root / "etc/menshen").mkdir()
    for name in ("menshen.toml", "centre.toml"):
        (root / "etc/menshen" / name).touch(mode=0o644)

    placed = run("systemd-tmpfiles", "--create", f"--root={root}", "menshen.conf")

    assert placed.returncode == 0, placed.stderr
    group_numbers = dict(line.split(":")[0:3:2] for line in (root / "etc/group").read_text().splitlines())
    for name, group in {"menshen.toml": "menshen", "centre.toml": "menshen-centre"}.items():
        status = (root / "etc/menshen" / name).stat()
        assert pwd.getpwuid(status.st_uid).pw_name == "root"
        assert (oct(status.st_mode & 0o777), str(status.st_gid)) == ("0o640", group_numbers[group])


# One match or assignment of udev(7): KEY, {attribute}, operator, quoted value.
TERM = re.compile(r'(\w+)(\{\w+\})?(==|!=|\+=|:=|=)"([^"]*)"')
MATCHED = {"ACTION", "SUBSYSTEM", "KERNEL", "ENV", "ATTR", "ATTRS", "SUBSYSTEMS"}
SET = {"ENV", "GROUP", "MODE", "SYMLINK", "GOTO", "LABEL"}


def udev_rules(tree: Path) -> list[str]:
    text = (tree / "etc/udev/rules.d/99-menshen.rules").read_text()
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_every_udev_rule_is_made_of_known_terms(tree: Path) -> None:
    for rule in udev_rules(tree):
        for term in rule.split(", "):
            found = TERM.fullmatch(term)
            assert found is not None, term
            assert found[1] in (MATCHED if found[3] in {"==", "!="} else SET), term


def test_every_udev_jump_has_its_label_below(tree: Path) -> None:
    text = "\n".join(udev_rules(tree))
    for jump in re.finditer(r'GOTO="(\w+)"', text):
        assert f'LABEL="{jump[1]}"' in text[jump.end() :]


def udev_version() -> int:
    if shutil.which("udevadm") is None:
        return 0
    return int(run("udevadm", "--version").stdout)


@pytest.mark.skipif(udev_version() < 254, reason="`udevadm verify` came with systemd 254 (Debian 13)")
def test_udev_itself_finds_nothing_wrong_with_the_rules(tree: Path) -> None:
    verdict = run("udevadm", "verify", tree / "etc/udev/rules.d/99-menshen.rules")
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


# What MemoryDenyWriteExecute= does, asked of the kernel itself (PR_SET_MDWE, prctl(2), Linux 6.3), and then the
# libraries that bring machine code: each loads and does a little of its work.
UNDER_MDWE = """
import ctypes, sys
if ctypes.CDLL(None, use_errno=True).prctl(65, 1, 0, 0, 0) != 0:
    sys.exit(77)
import apsw, bleak, cbor2, cv2, fastapi, msgspec, numpy, uvicorn, zxingcpp
import paho.mqtt.client
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyzbar import pyzbar
import segno

code = numpy.array([[0 if dark else 255 for dark in row] for row in
    segno.make("MS1:A", micro=False).matrix_iter(scale=4, border=4)], numpy.uint8)
image = cv2.GaussianBlur(code, (3, 3), 0)
key = Ed25519PrivateKey.generate()
key.public_key().verify(key.sign(b"pass"), b"pass")
print(zxingcpp.read_barcodes(image)[0].text, pyzbar.decode(image)[0].data.decode(),
    apsw.Connection(":memory:").execute("select 6 * 7").get, (numpy.ones((99, 99)) @ numpy.ones((99, 99)))[0, 0])
"""


def test_the_libraries_work_where_no_memory_is_both_written_and_executed(tmp_path: Path) -> None:
    worker = run(sys.executable, "-c", UNDER_MDWE)
    if worker.returncode == 77:
        pytest.skip("this kernel has no PR_SET_MDWE (Linux 6.3)")
    assert (worker.stdout, worker.returncode) == ("MS1:A MS1:A 42 99.0\n", 0), worker.stderr
