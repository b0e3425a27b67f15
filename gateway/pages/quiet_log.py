"""Lines of the web server's log in; the few that somebody reads out, without the tracebacks strangers can cause.

Whoever reaches the port can send what is no HTTP, or hang up in the middle, fifty times a second for a month: each was
a line, or eighty, on the card. The hours are the records' own.
"""

import logging

import h11

MOST = 10
IN_SECONDS = 60.0


class Sparing(logging.Filter):
    """So many lines in a minute; how many were left out stands in the first of the next."""

    def __init__(self, most: int = MOST, seconds: float = IN_SECONDS) -> None:
        super().__init__()
        self._most = most
        self._seconds = seconds
        self._begun = float("-inf")
        self._said = 0

    def filter(self, record: logging.LogRecord) -> bool:
        if not 0 <= record.created - self._begun < self._seconds:
            left_out, self._begun, self._said = max(0, self._said - self._most), record.created, 0
            if left_out:
                record.msg = f"{record.getMessage().strip()} (and {left_out} lines before it that were left out)"
                record.args = None
        self._said += 1
        if record.exc_info and isinstance(record.exc_info[1], h11.ProtocolError):
            # the other end broke off or broke HTTP in the middle of a request; there is no bug to look for
            record.msg, record.args, record.exc_info = f"pages: {record.exc_info[1]}", None, None
        return self._said <= self._most
