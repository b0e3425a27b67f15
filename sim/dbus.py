"""Nothing in; a private D-Bus daemon and its address out, gone again at the end of the `with`.

The daemon calls itself a system bus, so that programs which talk to the system bus (bleak, through
DBUS_SYSTEM_BUS_ADDRESS) find the stand-in BlueZ on it. Anybody who can reach its socket may do anything on it: the
socket lies in a fresh directory only this account may enter.
"""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


@dataclass(frozen=True, slots=True)
class PrivateBus:
    """`address` goes into DBUS_SYSTEM_BUS_ADDRESS; `pid` is the daemon's, for its CPU time or to kill it."""

    address: str
    pid: int


@contextmanager
def private_bus() -> Iterator[PrivateBus]:
    """Run a dbus-daemon of our own. Raises FileNotFoundError where dbus-daemon is not installed."""
    with tempfile.TemporaryDirectory(prefix="menshen-bus-") as folder:
        config = Path(folder) / "bus.conf"
        config.write_text(CONFIG.format(socket=Path(folder) / "bus"))
        daemon = subprocess.Popen(
            ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--nosyslog", "--print-address=1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # it warns about file limits it may not raise, which is harmless here
            text=True,
            start_new_session=True,  # Ctrl-C in the terminal is for whoever started us, not for the bus
        )
        assert daemon.stdout is not None
        try:
            address = daemon.stdout.readline().strip()
            if not address:
                raise OSError(f"dbus-daemon did not start (exit {daemon.wait()})")
            yield PrivateBus(address, daemon.pid)
        finally:
            daemon.stdout.close()
            daemon.terminate()
            daemon.wait()
