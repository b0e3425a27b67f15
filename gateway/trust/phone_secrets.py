"""Files of secrets for phones in, the secrets by epoch out. A file that others may read is refused."""

import os
from collections.abc import Iterable
from pathlib import Path

from gateway.passes.phone_secret import read_secret

_MOST = 4096


def read_phone_secrets(paths: Iterable[Path]) -> dict[int, bytes]:
    """Raises OSError, ValueError or PermissionError, each naming the file."""
    found: dict[int, bytes] = {}
    for path in paths:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                raise PermissionError(f"{path}: others may read it; chmod 600")
            content = file.read(_MOST)
        try:
            epoch, secret = read_secret(content.decode("ascii"))
        except ValueError as exc:
            raise ValueError(f"{path}: not a secret for phones, as `menshen keys phone` makes them") from exc
        if found.setdefault(epoch, secret) != secret:
            raise ValueError(f"{path}: another secret has epoch {epoch} already")
    return found
