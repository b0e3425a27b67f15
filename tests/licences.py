"""The run-time lock and what is installed in, the licence table of THIRD_PARTY.md out.

`python -m tests.licences --update` writes the table anew; the test compares it.
"""

import re
import sys
from importlib.metadata import metadata

from tests.lockfile import ROOT, RUN_LOCK, gateway_environment, pins

DOCUMENT = ROOT / "THIRD_PARTY.md"
BEGIN, END = "<!-- python packages: begin -->\n", "<!-- python packages: end -->\n"

GPL = re.compile(r"\bA?GPL")

# Where a package states its licence in words of its own: the SPDX expression they stand for.
SPDX = {
    "any-OSI": "any-OSI",  # apsw: "any licence the Open Source Initiative approves" (its LICENSE file)
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache-2.0 OR BSD-3-Clause": "Apache-2.0 OR BSD-3-Clause",  # chacha20poly1305-reuseable; its classifier is wrong
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "ISC License": "ISC",
    "MIT License": "MIT",
    "PSFL": "PSF-2.0",
}


def licence_of(package: str) -> str:
    """The SPDX expression for an installed package; `KeyError` where it states nothing that can be read as one."""
    stated = metadata(package)
    for expression in stated.get_all("License-Expression") or ():
        return str(expression)
    words = "".join(stated.get_all("License") or ())
    if words in SPDX.values():
        return words
    if words in SPDX:
        return SPDX[words]
    # Older packages put the whole text there, or nothing; their trove classifier is the short form.
    (classifier,) = (line for line in stated.get_all("Classifier") or () if line.startswith("License :: "))
    return SPDX[classifier.rsplit(" :: ", 1)[1]]


def may_be_shipped(expression: str) -> bool:
    """Whether one may choose a licence other than GPL or AGPL; LGPL is fine for a library that can be replaced.

    Where "AND" and "OR" are mixed and one of the two occurs, a person has to judge: the answer is no.
    """
    if " AND " in expression:
        return not GPL.search(expression)
    return any(not GPL.search(choice) for choice in expression.split(" OR "))


def runtime_packages() -> list[str]:
    return sorted({pin.name for pin in pins(RUN_LOCK) if pin.applies_to(gateway_environment("3.11"))})


def table() -> str:
    rows = [f"| [{name}](https://pypi.org/project/{name}/) | {licence_of(name)} |\n" for name in runtime_packages()]
    return "".join(["| package | licence (SPDX) |\n", "| --- | --- |\n", *rows])


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit("usage: python -m tests.licences --update")
    head, rest = DOCUMENT.read_text().split(BEGIN)
    DOCUMENT.write_text(head + BEGIN + table() + END + rest.split(END)[1])
