"""A street of so many flats for so many days through the gatekeeper: what was found, what was late, what was false.

    python -m tests.street [--flats 4074] [--observed 1159] [--days 14] [--seed 7] [--json build/street.json]

Exit code 1 when a true case was not alerted within its limit, or false alerts are more than 1 per 100 flats and day.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from tests.street.judge import judge
from tests.street.report import Figures
from tests.street.run import run
from tests.street.street import DAYS, FLATS, OBSERVED, SimulatedStreet


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flats", type=int, default=FLATS)
    parser.add_argument("--observed", type=int, default=OBSERVED, help="of the flats, at any time")
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", type=Path, default=Path("build/street.json"))
    parser.add_argument("--explain", action="store_true", help="name some of the false and the missed")
    asked = parser.parse_args()
    began = time.monotonic()
    street = SimulatedStreet(asked.seed, asked.flats, asked.observed, asked.days)

    def progress(day: int) -> None:
        print(f"day {day + 1} of {asked.days}, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)

    done = run(street, asked.seed, progress=progress)
    figures = Figures(street, done, judge(done))
    print(figures.table())
    if asked.explain:
        for name, line in figures.verdict.lines.items():
            for case in line.missed[:5]:
                print("missed", name, case.at, sorted(case.keys))
        for alerts in figures.verdict.false.values():
            for alert in alerts[:5]:
                print("false", alert.kind, alert.changed_at, alert.place, alert.device, alert.celsius, alert.count)
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    asked.json.write_text(json.dumps(figures.as_json(), indent=1) + "\n")
    return 0 if figures.met else 1


if __name__ == "__main__":
    sys.exit(main())
