"""The real firmware in an emulated controller, built on the spot; its switches are methods, its line a pty."""

import fcntl
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue

from firmware_bridges.provision import image

HERE = Path(__file__).parent
FIRMWARE = HERE.parents[1] / "firmware_bridges" / "door_node"
PACKAGES = "gcc-avr avr-libc simavr libsimavr-dev libelf-dev gcc libc6-dev make"
SOON = 20.0  # seconds; a limit for a test that hangs, never a measure


class ToolsMissing(AssertionError):
    def __init__(self, missing: str) -> None:
        super().__init__(f"cannot build the firmware ({missing}): apt-get install --no-install-recommends {PACKAGES}")


def build() -> None:
    """Firmware, its test build, the emulator and the C reader of the golden frames."""
    missing = [tool for tool in ("avr-gcc", "gcc", "make") if shutil.which(tool) is None]
    if not Path("/usr/include/simavr/sim_avr.h").exists():
        missing.append("libsimavr-dev")
    if missing:
        raise ToolsMissing(", ".join(missing))
    with (HERE / "simhost" / "Makefile").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # test processes that run side by side share what is built
        for folder, goals in ((FIRMWARE, ["all", "test-build"]), (HERE / "simhost", ["all"])):
            made = subprocess.run(["make", "-C", str(folder), *goals], capture_output=True, text=True, check=False)
            assert made.returncode == 0, made.stderr


class EmulatedNode:
    def __init__(self, folder: Path, firmware: str, device: int, address: int, boots: int) -> None:
        self.port = str(folder / f"node-{device:08x}")
        eeprom = folder / f"node-{device:08x}.eeprom"
        if not eeprom.exists():
            eeprom.write_bytes(image(device, address, boots))
        self._process = subprocess.Popen(
            [HERE / "build" / "simhost", "-l", self.port, "-e", eeprom, FIRMWARE / "build" / firmware],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # simavr's own remarks
            text=True,
        )
        self._said: Queue[str] = Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        self.await_line("ready")

    def command(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def await_line(self, beginning: str) -> str:
        """The next line that begins so; those before it are forgotten."""
        while True:
            try:
                line = self._said.get(timeout=SOON)
            except Empty:
                raise AssertionError(f"the emulator never said {beginning!r}") from None
            if line.startswith(beginning):
                return line

    def unplug(self) -> None:
        self.command("unplug")

    def plug(self) -> None:
        self.command("plug")
        self.await_line("ready")

    def stat(self) -> dict[str, float]:
        self.command("stat")
        return {name: float(value) for name, value in (item.split("=") for item in self.await_line("stat").split()[1:])}

    def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        assert self._process.wait(SOON) == 0

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self._said.put(line.rstrip())


@contextmanager
def emulated_node(
    folder: Path, firmware: str = "door_node.elf", device: int = 0x101, address: int = 0, boots: int = 41
) -> Iterator[EmulatedNode]:
    """A powered node. The same folder and device again is the same node, its EEPROM kept."""
    node = EmulatedNode(folder, firmware, device, address, boots)
    try:
        yield node
    finally:
        node.end()
