"""Alerts in, one text for a phone out, Chinese and short. Names, pseudonyms and temperatures stay at home."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.compound import Places
from gateway.findings import Alert
from gateway.reach.channels import Message
from gateway.words.catalogue import SEVERITIES, alert_text
from gateway.words.kinds import NEXT_STEPS
from gateway.words.language import Lang

LINES_AT_MOST = 8  # more than anybody reads on a phone; the rest is counted


def message_of(gateway: str, alerts: Sequence[Alert], places: Places) -> Message:
    """`alerts`: at least one, gravest first."""
    lines = [_line(alert, places) for alert in alerts[:LINES_AT_MOST]]
    if len(alerts) == 1:
        lines.append(NEXT_STEPS[alerts[0].kind].zh)
    elif len(alerts) > LINES_AT_MOST:
        lines.append(f"另有 {len(alerts) - LINES_AT_MOST} 条，请看警报页。")
    return Message(gateway=gateway, text="【门神】" + "\n".join(lines), alerts=tuple(alerts), places=places)


def _line(alert: Alert, places: Places) -> str:
    hour = _local(alert.raised_at, places).strftime("%m-%d %H:%M")
    where = path_of(alert, places)
    said = alert_text(alert.kind, where, Lang.ZH, count=alert.count, drill=alert.drill)
    return f"{SEVERITIES[alert.severity].zh} {hour} {said}{_asked(alert)}"


def _asked(alert: Alert) -> str:
    """Why it comes again."""
    if not alert.asked:
        return ""
    return "（已指派，请接手）" if alert.given_last else f"（第 {alert.reminded} 次提醒，请接手）"


def path_of(alert: Alert, places: Places) -> str:
    """Where it is; what has no place is known by its name in the settings. A band is in none: it is a person's."""
    if alert.place:
        return places.path(alert.place)
    return alert.device if alert.device in places.devices else ""


def _local(at: datetime, places: Places) -> datetime:
    zone = next((compound.timezone for compound in places.compounds.values()), "UTC")
    return at.astimezone(ZoneInfo(zone))
