"""The `[[reach]]` sections in, the channels and their rungs out."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import assert_never

from gateway.config.reach import ReachSection, SmsReach, WebhookReach
from gateway.findings import Alert
from gateway.pages.access import AUDIENCE
from gateway.reach.channels import Channel
from gateway.reach.escalation import Rung
from gateway.reach.webhook import Webhook


def channels_of(
    sections: Sequence[ReachSection], *, now: Callable[[], datetime], seconds: Callable[[], float]
) -> list[tuple[Rung, Channel]]:
    return [(rung_of(section), _channel(section, now, seconds)) for section in sections]


def rung_of(section: ReachSection) -> Rung:
    return Rung(
        name=section.name, suits=partial(_suits, section), wait_seconds=section.wait_seconds, own=partial(_own, section)
    )


def _channel(section: ReachSection, now: Callable[[], datetime], seconds: Callable[[], float]) -> Channel:
    match section:
        case WebhookReach():
            return Webhook(section, now)
        case SmsReach():
            from gateway.reach.sms import Sms  # with pyserial, which no house without a modem or a cable needs

            return Sms(section, seconds)
        case _:
            assert_never(section)


def _suits(section: ReachSection, alert: Alert) -> bool:
    """Grave enough, one that somebody with such a role sees on the pages, and theirs if it is for somebody."""
    audience = {str(role) for role in AUDIENCE[alert.kind]}
    for_them = not section.responders or alert.assigned_to in section.responders
    return for_them and str(alert.severity) in section.severities and not audience.isdisjoint(section.roles)


def _own(section: ReachSection, alert: Alert) -> bool:
    """Somebody was asked by name, and this is their channel: how grave it is does not matter then."""
    return alert.assigned_to in section.responders
