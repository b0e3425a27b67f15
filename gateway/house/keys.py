"""What decoders may ask of the house, live: the digest key, bands' secrets, replay counters."""

from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any

from gateway.registry.sealing import load_key
from gateway.state.state import State


def secret_file(path: Path) -> bytes:
    """The secret of 32 bytes in a file; made at first use, whole or not at all, mode 0600. Raises SealError."""
    return load_key(path, create=True)


def fingerprint(key: bytes) -> str:
    """What may be journaled of a secret: enough to see that it changed."""
    return blake2b(key, digest_size=8, person=b"menshen-key").hexdigest()


class HouseKeys:
    """Fulfils devices.driver.Keys. `device_keys` is asked each time, so a band enrolled now is read now."""

    def __init__(self, folder: Path, state: State) -> None:
        self.digest_key = secret_file(folder / "digest.key")
        self._state = state
        self.shared: dict[str, Any] = {}
        self.device_keys: Callable[[str], bytes | None] = lambda device: None

    def device_key(self, device: str) -> bytes | None:
        return self.device_keys(device)

    def counter(self, device: str) -> int | None:
        return self._state.counters.get(device)
