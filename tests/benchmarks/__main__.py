"""Every benchmark in, one JSON file and one readable table out: `make bench`, or `python -m tests.benchmarks NAME ...`.

A benchmark is a module `bench_*` here with `run() -> dict` and `table(result) -> str`. Figures are ratios against a
limit or a peer measured in the same run; nothing here fails because the machine was busy.
"""

import argparse
import importlib
import json
import os
import platform
import time
from pathlib import Path

NAMES = (
    "qr",
    "adverts",
    "street",
    "street_house",
    "stretches",
    "passes",
    "journal",
    "registry",
    "households",
    "history",
    "mqtt",
    "house",
    "help",
    "page",
    "board",
    "beside",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Run the benchmarks.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all of them if none is named")
    parser.add_argument("--json", type=Path, default=Path("build/bench.json"), help="where the figures go")
    arguments = parser.parse_args()
    figures: dict[str, object] = {"machine": machine(), "at": time.strftime("%Y-%m-%dT%H:%M:%S%z")}
    for name in arguments.names or NAMES:
        module = importlib.import_module(f"tests.benchmarks.bench_{name}")
        print(f"== {name} (load {os.getloadavg()[0]:.1f})", flush=True)
        result = module.run()
        figures[name] = result
        print(module.table(result), flush=True)
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(figures, ensure_ascii=False, indent=2), encoding="utf-8")
    print(f"figures: {arguments.json}")


def machine() -> dict[str, object]:
    return {"python": platform.python_version(), "machine": platform.machine(), "cores": os.cpu_count()}


if __name__ == "__main__":
    main()
