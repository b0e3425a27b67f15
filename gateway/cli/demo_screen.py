"""What the desk hears in; a live table in a terminal, or plain lines where nobody watches, out."""

import sys
import time
from collections import Counter, deque
from types import TracebackType
from typing import Final, Self

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from gateway.cli.demo_desk import Heard
from gateway.cli.demo_report import Report
from gateway.findings import AlertState
from gateway.kinds import MOMENTARY
from gateway.messages.every import AlertMessage, DecisionMessage
from gateway.words.language import Lang

LINES: Final = 14
STYLES: Final = {
    "critical": "bold white on red",
    "high": "bold red",
    "medium": "yellow",
    "low": "cyan",
    "admit": "green",
    "refuse": "red",
    "refer": "yellow",
    "report": "",
}


class Screen:
    """`with Screen(lang) as screen`. `say` is a line of its own; `heard` shows what came to the centre."""

    def __init__(self, lang: Lang) -> None:
        self._lang = lang
        self._console = Console(highlight=False)
        self._live: Live | None = None
        self._began = time.monotonic()
        self._lines: deque[Text] = deque(maxlen=LINES)
        self._counts: Counter[str] = Counter()

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live = Live(self._table(), console=self._console, refresh_per_second=4, get_renderable=self._table)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def say(self, line: str) -> None:
        """Above the table, and it stays there."""
        if self._live is not None:
            self._live.console.print(line, markup=False)
        else:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()

    def begin(self) -> None:
        """Seconds count from here."""
        self._began = time.monotonic()

    def heard(self, message: Heard) -> None:
        """One decision or one revision of an alert has come to the centre."""
        words = message.text_zh if self._lang is Lang.ZH else message.text_en
        if isinstance(message, AlertMessage):
            kind = str(message.severity)
            over = message.state is AlertState.RAISED and not message.active and message.kind not in MOMENTARY
            called = message.state is AlertState.RAISED and message.escalated > 0
            state = "over, unseen" if over else "next called" if called else message.state
            line = f"{message.severity:8} {state:12} {words}"
            self._counts["alerts"] += message.revision == 1
        elif not isinstance(message, DecisionMessage):
            kind, line = "report", f"report   {words}"
        else:
            kind = str(message.verdict)
            line = f"{message.verdict:8} {message.place_path}  {words}"
            self._counts[kind] += 1
        line = f"{time.monotonic() - self._began:6.1f} s  {line}"
        if self._live is None:
            self.say(line)
        else:
            self._lines.append(Text(line, style=STYLES[kind], no_wrap=True, overflow="ellipsis"))

    def _table(self) -> Group:
        counts = Table(box=None, pad_edge=False, expand=False)
        for name in ("admit", "refuse", "refer", "alerts"):
            counts.add_column(name, justify="right", style=STYLES.get(name, "bold"))
        counts.add_row(*(str(self._counts[name]) for name in ("admit", "refuse", "refer", "alerts")))
        return Group(*self._lines, Text(), counts)


def summary(report: Report) -> str:
    """The report for people."""
    latency = report.latency_ms
    alerts, decisions = report.alerts, report.decisions
    lines = [
        "",
        f"passes shown        {report.passes}: admitted {report.admitted}, refused {report.refused}, "
        f"referred to the guard {report.referred}; barriers opened {report.barriers_opened}",
        f"door movements      {report.door_movements}",
        f"adverts heard       {report.adverts}, of them journaled temperatures {report.temperatures}",
        f"alerts raised       {report.alerts_raised}, at the centre {report.alerts_at_centre}; "
        f"not taken in time, the next one called {report.alerts_escalated}",
        f"alerts expected     {len(alerts['expected'])}: missed {len(alerts['missed'])}, "
        f"unexpected {len(alerts['unexpected'])}",
        f"decisions expected  {len(decisions['expected'])}: missed {len(decisions['missed'])}, "
        f"unexpected {len(decisions['unexpected'])}",
        *(
            f"{what:19} {len(found['expected'])}: missed {len(found['missed'])}"
            for what, found in report.came_of.items()
        ),
        *(
            [f"by hand             {report.by_hand}: done on the pages, so nothing counts as unexpected"]
            if report.by_hand
            else []
        ),
        f"lost {report.lost}, doubled {report.doubled}",
        f"latency to centre   p50 {latency.get('p50', 0):.0f} ms, p99 {latency.get('p99', 0):.0f} ms "
        f"(n = {latency.get('count', 0):.0f})",
        *(
            f"    {what:15} p50 {found['p50']:.0f} ms, p99 {found['p99']:.0f} ms (n = {found['count']:.0f})"
            for what, found in report.latency_ms_by_kind.items()
        ),
        *(f"LOST {what}" for what in report.lost_named),
        *(f"DOUBLED {what}" for what in report.doubled_named),
        *(
            f"{word.upper()} {' '.join(what)}"
            for found in (alerts, decisions, *report.came_of.values())
            for word in ("missed", "unexpected")
            for what in found.get(word, [])
        ),
        "all is well" if report.ok else "NOT WELL",
    ]
    return "\n".join(lines)
