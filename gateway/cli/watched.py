"""Messages `open` and `alert` in; the alerts as they stand, as a table or a line, out. No terminal, no network."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from gateway.centre.letter import LARGEST_BODY, UNREADABLE
from gateway.findings import AlertState
from gateway.kinds import Kind, Severity
from gateway.words.catalogue import SEVERITIES, STATES
from gateway.words.kinds import KINDS
from gateway.words.language import Lang

# a word, an icon and a colour each: readable in black and white and to who cannot tell red from green
LOOKS = {
    "critical": ("■", "bold white on red"),
    "high": ("▲", "bold red"),
    "medium": ("◆", "yellow"),
    "low": ("●", "cyan"),
}
HEADS = {
    Lang.ZH: ("程度", "何事", "何处", "多久", "状态", "谁", "编号"),
    Lang.EN: ("Severity", "What", "Where", "Since", "State", "Who", "Id"),
}
DONE = frozenset({"cleared", "closed"})
RECENT = 10  # alerts that are over and still shown
MOST_KNOWN = 10_000  # alerts that are over and still known, so that a repeat of them is no news


class Shown(Struct, frozen=True, kw_only=True):
    """What is shown of an alert; unknown fields are passed over, unknown words shown as they are."""

    alert: Annotated[str, Meta(min_length=1)]
    kind: str
    severity: str
    state: str
    revision: int
    raised_at: Annotated[datetime, Meta(tz=True)]
    count: int = 1
    place_path: str = ""
    place: str = ""
    device: str = ""
    acknowledged_by: str = ""
    text_zh: str = ""
    text_en: str = ""
    late: bool = False
    drill: bool = False
    gw: str = ""

    def as_json(self) -> str:
        return msgspec.json.encode(self).decode()


class _Open(Struct, frozen=True):
    time: Annotated[datetime, Meta(tz=True)]
    alerts: tuple[Shown, ...]
    more: int = 0


_alert, _open = msgspec.json.Decoder(Shown), msgspec.json.Decoder(_Open)


class Watched:
    def __init__(self, lang: Lang) -> None:
        self._lang = lang
        self._alerts: dict[tuple[str, str], Shown] = {}
        self.unreadable = 0

    def take(self, gw: str, leaf: str, body: bytes) -> list[Shown]:
        """What the message says that was not known: in a repeat or an older revision, nothing."""
        if not body:
            return []
        try:
            if len(body) > LARGEST_BODY:
                raise msgspec.DecodeError("too large")
            told = self._opened(gw, _open.decode(body)) if leaf == "open" else (_alert.decode(body),)
        except UNREADABLE:
            self.unreadable += 1
            return []
        news = []
        for alert in told:
            alert = msgspec.structs.replace(alert, gw=gw)
            known = self._alerts.get((gw, alert.alert))
            if known is None or alert.revision > known.revision:
                self._alerts[gw, alert.alert] = alert
                news.append(alert)
        self._forget()
        return news

    def alerts(self) -> list[Shown]:
        """Open ones first, the worst and oldest of them on top; then those that are over, the newest first."""
        level = {str(severity): number for number, severity in enumerate(Severity)}
        order = sorted(self._alerts.values(), key=lambda alert: (level.get(alert.severity, 0), alert.raised_at))
        still = [alert for alert in order if alert.state not in DONE]
        over = [alert for alert in self._alerts.values() if alert.state in DONE]
        return still + sorted(over, key=lambda alert: alert.raised_at, reverse=True)[:RECENT]

    def table(self, now: datetime, trouble: str) -> Table:
        table = Table(expand=True, title=escape(trouble) or None, title_style="bold white on red")
        for head in HEADS[self._lang]:
            table.add_column(head, overflow="fold")
        for alert in self.alerts():
            icon, colour = LOOKS.get(alert.severity, ("?", ""))
            style = "dim" if alert.state in DONE else colour
            cells = self._cells(alert)
            first = Text(f"{icon} {cells[0]}", style=style)
            since = _since(now, alert.raised_at)
            table.add_row(first, *(Text(cell) for cell in (cells[1], cells[2], since, *cells[3:])))
        return table

    def line(self, alert: Shown) -> str:
        """One change as one line, for pipes and logs."""
        icon, _ = LOOKS.get(alert.severity, ("?", ""))
        severity, what, where, state, who, id_ = self._cells(alert)
        return "  ".join(
            filter(None, (f"{alert.raised_at:%Y-%m-%dT%H:%M:%SZ}", f"{icon} {severity}", state, what, where, who, id_))
        )

    def _cells(self, alert: Shown) -> tuple[str, str, str, str, str, str]:
        count = f" ×{alert.count}" if alert.count > 1 else ""
        drill = {Lang.ZH: "【演练】", Lang.EN: "[drill] "}[self._lang] if alert.drill else ""
        return (
            self._word(SEVERITIES, Severity, alert.severity),
            _plain(drill + self._word(KINDS, Kind, alert.kind) + count),
            _plain(alert.place_path or alert.place or alert.device),
            self._word(STATES, AlertState, alert.state),
            _plain(alert.acknowledged_by),
            _plain(alert.alert),
        )

    def _word(self, words: Any, known: Any, word: str) -> str:
        return words[known(word)].in_(self._lang) if word in set(known) else _plain(word)

    def _opened(self, gw: str, snapshot: _Open) -> tuple[Shown, ...]:
        """What was open when we last heard and is not on the list any more has ended meanwhile."""
        named = {alert.alert for alert in snapshot.alerts}
        for key, alert in self._alerts.items():
            ended = key[0] == gw and alert.alert not in named and alert.raised_at < snapshot.time
            if ended and not snapshot.more and alert.state not in DONE:
                self._alerts[key] = msgspec.structs.replace(alert, state=str(AlertState.CLOSED))
        return snapshot.alerts

    def _forget(self) -> None:
        if len(self._alerts) <= MOST_KNOWN:
            return
        over = [key for key, alert in self._alerts.items() if alert.state in DONE]
        for key in over[: len(over) // 2]:  # a dict keeps its order: the first are the oldest
            del self._alerts[key]


def _since(now: datetime, then: datetime) -> str:
    seconds = max(0, int((now - then).total_seconds()))
    if seconds < 3600:
        return f"{seconds // 60}:{seconds % 60:02}"
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _plain(text: str) -> str:
    """No control characters: what a gateway says must not steer the terminal of who reads it."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
