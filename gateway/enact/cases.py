"""A line about a case in; why it cannot be written down, or the log with it, out.

Floor 3, a pure room. gateway/enact/every.py asks here for the order of gateway/orders/cases.py.
"""

import re

from gateway.case_log import case_of, note_case
from gateway.orders.cases import LONGEST_NOTE, CaseNoted
from gateway.state.state import State

# a phone or an identity number, also with blanks or dashes in it; 2026-03-12 14:30 has no seven digits in a row
_NUMBER = re.compile(r"\+?\d(?:[ -]?\d){9,}|\d{7,}")
_HOUR = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}:\d{2}")


def refused_case(order: CaseNoted, state: State) -> str:
    """Why this cannot be written down, empty if it can."""
    if not order.by.strip():
        return "a name is needed"
    if not any(case_of(alert) == order.case for alert in state.alerts.values()):
        return "no such open case"
    if not order.going and not order.text.strip():
        return "write what there is to say"
    if len(order.text) > LONGEST_NOTE:
        return f"a note has at most {LONGEST_NOTE} letters"
    if _NUMBER.search(_HOUR.sub(" ", order.text)):
        return "no phone or identity number in a note"
    return ""


def enact_case(order: CaseNoted, state: State) -> None:
    """It stands in the timeline from now on."""
    note_case(state.case_log, order)
