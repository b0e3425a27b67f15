"""Signed trust lists in, the newest one that a root of ours signed out; kept in a file, never trusted by its name."""

import logging
import os
from collections.abc import Sequence
from pathlib import Path

from gateway.passes.keys import read_public_pem
from gateway.passes.trust import Trust, TrustMark
from gateway.passes.trust_list import MAX_TRUST_BYTES, TrustRefused, read_trust

log = logging.getLogger(__name__)


class TrustStore:
    """The trust list in use. `take` keeps a newer one on disk before anybody relies on it."""

    def __init__(
        self, file: Path, roots: Sequence[Path], installed: Path | None, mark: TrustMark | None = None
    ) -> None:
        """`roots`: files of public root keys. `installed`: the list that came with the installation. `mark`: what the
        journal remembers of the one in use; nothing older is taken, whatever became of the file."""
        self._file = file
        self._roots = [read_public_pem(root.read_bytes()) for root in roots]
        self._mark = mark
        self.current: Trust | None = None
        self.unreadable = False  # a file or folder is there, and no list can be read from it
        for path in (installed, file):
            if path is not None and path.exists():
                self._consider(path)

    def check(self, blob: bytes) -> Trust | TrustRefused:
        """Would `take` take it?"""
        return read_trust(blob, self._roots, self.current or self._mark)

    def take(self, blob: bytes) -> Trust | TrustRefused:
        """A list from the centre or a stick: checked, then on disk, then in use."""
        found = self.check(blob)
        if isinstance(found, TrustRefused):
            log.warning("trust: a list was refused: %s", found.reason)
            return found
        if self.current is None or found.version > self.current.version or not self._file.exists():
            self._keep(blob)
        self.current = found
        return found

    def _consider(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                blob = file.read(MAX_TRUST_BYTES + 1)
        except OSError as exc:  # a folder of that name, a torn card: every code is then referred, and people are told
            log.critical("trust: %s cannot be read (%s); without a list every code is referred", path, exc.strerror)
            self.unreadable = True
            return
        found = read_trust(blob, self._roots, self.current or self._mark)
        if isinstance(found, TrustRefused):
            log.error("trust: %s is refused: %s", path, found.reason)
        else:
            self.current = found

    def _keep(self, blob: bytes) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(blob)
            file.flush()
            os.fsync(file.fileno())
        if self._file.is_dir():  # somebody's slip: kept for them to look at, out of the way of the list
            self._file.replace(self._file.with_suffix(".folder"))
        fresh.replace(self._file)
        folder = os.open(self._file.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
