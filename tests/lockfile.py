"""A lock file in, what it pins out: name, version, on which machines, and the hashes of its files."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
RUN_LOCK = ROOT / ".ci" / "lock-run.txt"
TEST_LOCK = ROOT / ".ci" / "lock-test.txt"


@dataclass(frozen=True, slots=True)
class Pin:
    """One locked package; `sha256` are the hex digests of the files that may be installed for it."""

    name: NormalizedName
    version: str
    requirement: Requirement
    sha256: frozenset[str]

    def applies_to(self, environment: Mapping[str, str]) -> bool:
        marker = self.requirement.marker
        return marker is None or marker.evaluate(dict(environment))


def pins(lock: Path) -> Iterator[Pin]:
    """What `lock` pins, in its order; the format is that of pip's hash-checking mode."""
    logical_lines = lock.read_text().replace("\\\n", " ").splitlines()
    for line in logical_lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        words, *hashes = re.split(r"\s+--hash=sha256:", line.strip())
        requirement = Requirement(words)
        (specifier,) = requirement.specifier
        yield Pin(canonicalize_name(requirement.name), specifier.version, requirement, frozenset(hashes))


def gateway_environment(python: str) -> dict[str, str]:
    """The marker environment (PEP 508) of a 64-bit Raspberry Pi with Python `python`, such as "3.13"."""
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "os_name": "posix",
        "platform_machine": "aarch64",
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "linux",
        "extra": "",
    }
