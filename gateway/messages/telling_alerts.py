"""An alert in; its message to the centre, and its line among those that are open, out.

Floor 2, a pure room.
"""

from gateway.compound import Places
from gateway.findings import Alert
from gateway.kinds import Severity
from gateway.messages.every import AlertMessage, OpenAlert
from gateway.messages.head import Head, carried
from gateway.words.catalogue import alert_text
from gateway.words.language import Lang

SEVERITY_LEVEL = {Severity.CRITICAL: 4, Severity.HIGH: 3, Severity.MEDIUM: 2, Severity.LOW: 1}


def alert_told(alert: Alert, head: Head) -> AlertMessage:
    """One revision of an alert. The first is dated by when it was raised, each further one by when it changed."""
    return head.message(
        AlertMessage,
        alert,
        alert.raised_at if alert.revision == 1 else alert.changed_at,
        alert.place,
        open=alert.open,
        active=alert.active,
        closing=str(alert.closing or ""),
        lasted_seconds=alert.lasted_seconds,
        put_right_by=alert.put_right_by,
        **_said(alert, head.places.path(alert.place)),
    )


def open_alert(alert: Alert, places: Places) -> OpenAlert:
    """One line of the `open` message."""
    path = places.path(alert.place)
    fields = carried(alert, OpenAlert) | {"place_path": path} | _said(alert, path)
    return OpenAlert(**fields)  # type: ignore[arg-type]  # values of many types; each is that of its field


def _said(alert: Alert, path: str) -> dict[str, object]:
    def text(lang: Lang) -> str:
        return alert_text(
            alert.kind,
            path or alert.device,
            lang,
            state=alert.state,
            celsius=alert.celsius,
            count=alert.count,
            drill=alert.drill,
            closing=alert.closing,
        )

    return {
        "alert": alert.id,
        "severity_level": SEVERITY_LEVEL[alert.severity],
        "text_zh": text(Lang.ZH),
        "text_en": text(Lang.EN),
    }
