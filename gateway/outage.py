"""The journal's growth in, "hours of outage left" out: how long the disk lasts if the centre stays away."""

import shutil
import time
from collections import deque
from pathlib import Path

MEASURED_OVER_SECONDS = 6 * 3600.0
ENOUGH_SECONDS = 600.0  # a rate measured over less says nothing


class OutageForecast:
    """Ask it now and then, in a thread; it remembers how large the journal was."""

    def __init__(self, folder: Path, quota_bytes: int) -> None:
        self._folder = folder
        self._quota = quota_bytes
        self._sizes: deque[tuple[float, int]] = deque(maxlen=400)

    def hours_left(self, size: int) -> float | None:
        """Hours at the measured rate, `size` bytes being taken now; None while there is no rate yet."""
        now = time.monotonic()
        if not self._sizes or now - self._sizes[-1][0] >= MEASURED_OVER_SECONDS / 400:
            self._sizes.append((now, size))
        while len(self._sizes) > 1 and now - self._sizes[0][0] > MEASURED_OVER_SECONDS:
            self._sizes.popleft()
        began, was = self._sizes[0]
        elapsed = now - began
        if elapsed < ENOUGH_SECONDS or size <= was:
            return None
        free = min(self._quota - size, shutil.disk_usage(self._folder).free)
        return max(0.0, free / ((size - was) / elapsed) / 3600.0)
