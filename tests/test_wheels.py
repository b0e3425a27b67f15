"""What the gateway runs on can be installed on a Raspberry Pi without a compiler."""

import re
from pathlib import Path

import pytest
from packaging.tags import Tag
from packaging.utils import parse_wheel_filename

from tests.lockfile import RUN_LOCK, TEST_LOCK, gateway_environment, pins
from tests.wheels import PLATFORMS, PYTHONS, read_table

UPDATE = "not in .ci/wheels-aarch64.json: run `make lock`, or `python -m tests.wheels --update`"


def runs_on_the_gateway(tag: Tag, python: str) -> bool:
    """Whether a wheel with `tag` loads in CPython `python` on Debian 12 or newer, 64-bit ARM (PEP 425, PEP 600)."""
    ours = int(python.removeprefix("3."))
    if tag.platform == "any":
        return tag.interpreter in {"py3", "py2.py3"}
    if tag.platform not in PLATFORMS:
        return False
    if tag.abi == "abi3":  # the stable ABI: made for one version, good for every later one
        return int(tag.interpreter.removeprefix("cp3")) <= ours
    return (tag.interpreter, tag.abi) == (f"cp3{ours}", f"cp3{ours}") or (tag.interpreter, tag.abi) == ("py3", "none")


@pytest.mark.parametrize("python", PYTHONS)
def test_every_runtime_package_has_a_wheel_for_the_gateway(python: str) -> None:
    table = read_table()[python]
    locked = [pin for pin in pins(RUN_LOCK) if pin.applies_to(gateway_environment(python))]
    assert len(locked) > 20
    for pin in locked:
        wheel = table.get(f"{pin.name}=={pin.version}")
        assert wheel is not None, f"{pin.name}=={pin.version} {UPDATE}"
        name, version, _, tags = parse_wheel_filename(wheel["file"])
        assert (name, str(version)) == (pin.name, pin.version)
        assert any(runs_on_the_gateway(tag, python) for tag in tags), wheel["file"]
        assert wheel["sha256"] in pin.sha256, f"{wheel['file']} is none of the files in the lock"


@pytest.mark.parametrize("python", PYTHONS)
def test_the_table_holds_nothing_but_the_lock(python: str) -> None:
    locked = {f"{pin.name}=={pin.version}" for pin in pins(RUN_LOCK) if pin.applies_to(gateway_environment(python))}
    assert set(read_table()[python]) == locked


def test_the_gateway_runs_on_the_versions_that_are_tested() -> None:
    tested = {(pin.name, pin.version, pin.sha256) for pin in pins(TEST_LOCK)}
    assert {(pin.name, pin.version, pin.sha256) for pin in pins(RUN_LOCK)} - tested == set()


@pytest.mark.parametrize("lock", [RUN_LOCK, TEST_LOCK], ids=lambda lock: lock.stem)
def test_a_lock_names_no_index_and_no_folder(lock: Path) -> None:
    # The "#" lines are uv's notes on who wanted what; the rest is what pip reads.
    lines = [line for line in lock.read_text().splitlines() if not line.lstrip().startswith("#")]
    assert [line for line in lines if re.search(r"://|file:|--index|--extra|--find|--editable| @ |^-| /", line)] == []


@pytest.mark.parametrize(
    ("file", "python", "expected"),
    [
        ("a-1-py3-none-any.whl", "3.11", True),
        ("a-1-py2.py3-none-any.whl", "3.13", True),
        ("a-1-py2-none-any.whl", "3.11", False),
        ("a-1-cp311-cp311-manylinux_2_28_aarch64.whl", "3.11", True),
        ("a-1-cp311-cp311-manylinux_2_28_aarch64.whl", "3.13", False),
        ("a-1-cp38-abi3-manylinux_2_17_aarch64.manylinux2014_aarch64.whl", "3.13", True),
        ("a-1-cp312-abi3-manylinux_2_28_aarch64.whl", "3.11", False),
        ("a-1-cp311-cp311-manylinux_2_28_x86_64.whl", "3.11", False),
        ("a-1-cp311-cp311-manylinux_2_39_aarch64.whl", "3.11", False),  # wants a newer glibc than Debian 12 has
        ("a-1-cp311-cp311-musllinux_1_2_aarch64.whl", "3.11", False),
    ],
)
def test_the_check_itself_tells_wheels_apart(file: str, python: str, expected: bool) -> None:
    assert any(runs_on_the_gateway(tag, python) for tag in parse_wheel_filename(file)[3]) is expected
