"""The run-time lock in, the wheel that a 64-bit Raspberry Pi takes for each package out (`.ci/wheels-aarch64.json`).

`python -m tests.wheels --update` asks pip, which looks at the index and installs nothing. The table is committed, so
that the test that reads it needs no network.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path, PurePosixPath
from typing import TypedDict
from urllib.parse import unquote, urlsplit

from packaging.utils import canonicalize_name

from tests.lockfile import ROOT, RUN_LOCK, gateway_environment, pins

TABLE = ROOT / ".ci" / "wheels-aarch64.json"
PYTHONS = ("3.11", "3.13")  # Debian 12 and 13, and Raspberry Pi OS made from them
# Debian 12 has glibc 2.36; a wheel made for any older one runs there (PEP 600). 2.17 is the oldest on aarch64.
PLATFORMS = (*(f"manylinux_2_{minor}_aarch64" for minor in range(36, 16, -1)), "manylinux2014_aarch64")


class Wheel(TypedDict):
    file: str
    sha256: str


Table = dict[str, dict[str, Wheel]]  # "3.11" -> "numpy==2.4.6" -> its wheel


def read_table() -> Table:
    table: Table = json.loads(TABLE.read_text())
    return table


def wheels_for(python: str) -> dict[str, Wheel]:
    """What pip would install on the gateway; `CalledProcessError` if it finds no wheel for something."""
    environment = gateway_environment(python)
    # pip judges markers by the Python it runs in, so they are judged here and left out.
    wanted = [f"{pin.name}=={pin.version}" for pin in pins(RUN_LOCK) if pin.applies_to(environment)]
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch, "report.json")
        platforms = [word for platform in PLATFORMS for word in ("--platform", platform)]
        pip = [sys.executable, "-m", "pip", "install", "-qq", "--dry-run", "--ignore-installed", "--no-deps"]
        target = ["--implementation", "cp", "--python-version", python, "--ignore-requires-python", *platforms]
        output = ["--target", scratch, "--report", str(report)]
        subprocess.run([*pip, "--only-binary", ":all:", *target, *output, *wanted], check=True)
        found = json.loads(report.read_text())["install"]
    return {
        f"{canonicalize_name(each['metadata']['name'])}=={each['metadata']['version']}": Wheel(
            # The file name alone: where this machine fetches it from is nobody else's business.
            file=PurePosixPath(unquote(urlsplit(each["download_info"]["url"]).path)).name,
            sha256=each["download_info"]["archive_info"]["hashes"]["sha256"],
        )
        for each in found
    }


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit("usage: python -m tests.wheels --update")
    table = {python: dict(sorted(wheels_for(python).items())) for python in PYTHONS}
    TABLE.write_text(json.dumps(table, indent=1) + "\n")
