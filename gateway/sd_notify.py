"""What the house does in, datagrams for systemd out (sd_notify(3)); silence where no systemd listens."""

import logging
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SystemdNotifier:
    """Tells the service manager where the house stands.

    `address` is `$NOTIFY_SOCKET`: a path, or a name in the abstract namespace written with a leading `@`;
    None where the house was started by hand. Every call says whether a datagram left.
    """

    address: str | None

    def ready(self, status: str = "") -> bool:
        """The house works: units ordered after it may start. `status` is the line `systemctl status` shows."""
        return self._send("READY=1", f"STATUS={status}")

    def alive(self) -> bool:
        """The gatekeeper has made progress: the watchdog begins to count anew."""
        return self._send("WATCHDOG=1")

    def stopping(self) -> bool:
        return self._send("STOPPING=1")

    def status(self, text: str) -> bool:
        return self._send(f"STATUS={text}")

    def _send(self, *assignments: str) -> bool:
        if not self.address:
            return False
        # Line breaks part the assignments, so none may come from a text (sd_notify(3), "Well-known assignments").
        datagram = "\n".join(" ".join(assignment.splitlines()) for assignment in assignments).encode()
        # "@name" stands for the abstract namespace, whose names begin with a NUL byte (unix(7)).
        address = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
                channel.sendto(datagram, address)
        except OSError as error:
            # The manager is gone or restarting. The house goes on: the watchdog speaks again in a moment.
            log.warning("systemd: %s not told %s: %s", self.address, assignments[0], error)
            return False
        return True


def watchdog_interval(environment: Mapping[str, str], pid: int) -> timedelta | None:
    """How long systemd waits for `alive()` before it kills process `pid`; None if it does not watch it.

    From `$WATCHDOG_USEC` and `$WATCHDOG_PID` (sd_watchdog_enabled(3), which advises to speak at half of it).
    """
    if environment.get("WATCHDOG_PID", str(pid)) != str(pid):
        return None
    microseconds = environment.get("WATCHDOG_USEC", "")
    # systemd writes plain digits only; anything else was not written by it.
    if not (microseconds.isascii() and microseconds.isdigit()) or int(microseconds) == 0:
        return None
    return timedelta(microseconds=int(microseconds))
