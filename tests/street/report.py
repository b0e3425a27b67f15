"""A run and its verdict in, a table and JSON out."""

from collections import Counter
from dataclasses import dataclass
from math import ceil
from typing import Any

from gateway.alerts.report import STANDS_AFTER, AlertReport, alert_report
from tests.street.judge import Line, Verdict
from tests.street.run import Run
from tests.street.steps import START
from tests.street.street import SimulatedStreet

MOST_FALSE = 1 / 100  # of a flat and day


@dataclass
class Figures:
    street: SimulatedStreet
    run: Run
    verdict: Verdict

    @property
    def false_rate(self) -> float:
        """Of the flats that are looked after, not of those that only have a door: the harder figure."""
        looked_after = sum(
            max(0, min(home.last, self.street.days - 1) - max(home.first, 0) + 1) for home in self.street.households
        ) + self.street.days * sum(home.alone for home in self.street.households)
        return self.verdict.false_alerts / max(1, looked_after)

    @property
    def met(self) -> bool:
        return self.verdict.all_found and self.false_rate <= MOST_FALSE and not self.run.refused

    def isa(self) -> AlertReport:
        return alert_report(self.run.alerts, START, self.run.ended)

    def as_json(self) -> dict[str, Any]:
        report = self.isa()
        return {
            "flats": self.street.flats,
            "bands": self.street.bands,
            "days": self.street.days,
            "steps": self.run.steps,
            "entries": self.run.entries,
            "met": self.met,
            "false_per_flat_and_day": round(self.false_rate, 5),
            "false_per_any_flat_and_day": round(self.verdict.false_alerts / self.run.home_days, 5),
            "alerts": self.verdict.raised,
            "in_drills_and_work": self.verdict.apart,
            "refused_orders": self.run.refused,
            "isa_18_2": {
                name: {"was": round(was, 4), "at_most": most, "met": met} for name, was, most, met in report.verdicts
            },
            "alerts_per_hour": [round(count / self.street.days, 2) for count in report.by_hour],
            "cases": {name: _line(line) for name, line in sorted(self.verdict.lines.items())},
            "false": {kind: len(alerts) for kind, alerts in sorted(self.verdict.false.items())},
            "by_kind": dict(report.by_kind),
            "standing": dict(self._standing()),
        }

    def _standing(self) -> Counter[str]:
        """What nobody has put right for a day when the run ends."""
        last = {alert.id: alert for alert in self.run.alerts}
        long_ago = self.run.ended - STANDS_AFTER
        return Counter(alert.kind.value for alert in last.values() if alert.open and alert.raised_at < long_ago)

    def table(self) -> str:
        report = self.isa()
        said = [
            f"{self.street.flats:,} flats, {self.street.bands:,} bands, {self.street.days} days:"
            f" {self.run.steps:,} things happened, {self.run.entries:,} lines of journal",
            "",
            f"{'case':<42} {'true':>6} {'found':>6} {'late':>5} {'blind':>5} {'p50 s':>9} {'p99 s':>9}",
        ]
        for name, line in sorted(self.verdict.lines.items()):
            figures = _line(line)
            said.append(
                f"{name:<42} {line.true:>6,} {line.found:>6,} {line.late:>5,} {line.blind:>5,}"
                f" {figures['p50_s']:>9,.1f} {figures['p99_s']:>9,.1f}"
            )
        said += ["", f"{'false alerts':<42} {self.verdict.false_alerts:>6,}"]
        said += [f"  {kind:<40} {len(alerts):>6,}" for kind, alerts in sorted(self.verdict.false.items())]
        said.append(
            f"  of a looked-after flat and day {self.false_rate:.4f}, of any flat"
            f" {self.verdict.false_alerts / self.run.home_days:.4f}; at most {MOST_FALSE:.4f}"
        )
        said += ["", "ISA-18.2, as one console for the whole street"]
        said += [f"  {name:<40} {was:>9.3f}  at most {most:g}" for name, was, most, _ in report.verdicts]
        hours = " ".join(f"{count / self.street.days:.1f}" for count in report.by_hour)
        said += [f"  new alerts in each hour of a day (UTC): {hours}"]
        said.append(f"  standing: {dict(self._standing())}")
        said += [f"  {why}: {count}" for why, count in sorted(self.run.refused.items())]
        said += ["", "met" if self.met else "NOT MET"]
        return "\n".join(said)


def _line(line: Line) -> dict[str, Any]:
    took = sorted(line.took) or [0.0]
    return {
        "true": line.true,
        "found": line.found,
        "late": line.late,
        "blind": line.blind,
        "p50_s": round(took[len(took) // 2], 1),
        "p99_s": round(took[ceil(len(took) * 0.99) - 1], 1),
        "missed": [f"{case.at:%d %H:%M:%S} {sorted(case.keys)}" for case in line.missed[:5]],
    }
