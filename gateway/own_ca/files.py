"""A folder in; the gateway's own authority and the certificate of its pages in it, made and renewed, out.

ca.crt  ca.key        the authority: trusted by phones once; its key never leaves the gateway
pages.crt  pages.key  what the pages serve; made anew before it ends, or when the names change
"""

import logging
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from gateway.journal.schema import sync_folder
from gateway.own_ca.authority import Pair, issue, new_authority, read_pair, why_renew

log = logging.getLogger(__name__)


class CaTrouble(Exception):
    """Files of the authority that are missing, there already, or not to be read."""

    def __init__(self, where: Path, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why


class OwnCa:
    """See the module. `names`: what the pages are called in addresses."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self.folder = folder
        self.names = tuple(names)
        self.certificate_file = folder / "pages.crt"
        self.key_file = folder / "pages.key"

    @property
    def exists(self) -> bool:
        return (self.folder / "ca.crt").exists()

    def begin(self, called: str, now: datetime) -> Pair:
        """Make the authority. Raises CaTrouble where there is one: phones trust that one."""
        if self.exists:
            raise CaTrouble(self.folder, "has an authority already; phones trust that one")
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        authority = new_authority(called, self.names, now)
        self._keep("ca", authority)
        return authority

    def authority(self) -> Pair:
        return self._read("ca")

    def pages(self) -> Pair | None:
        return self._read("pages") if self.certificate_file.exists() else None

    def fresh(self, now: datetime) -> bool:
        """See that the pages' certificate is good for a while. True if it was made anew. Raises CaTrouble."""
        authority = self.authority()
        try:
            pages = self.pages()
        except CaTrouble as exc:
            log.warning("pages: %s; making another certificate", exc)
            pages = None
        why = "there is none" if pages is None else why_renew(authority, pages, self.names, now)
        if not why:
            return False
        self._keep("pages", issue(authority, self.names, now))
        log.info("pages: a new certificate for %s, for %s", ", ".join(self.names), why)
        return True

    def _read(self, name: str) -> Pair:
        key = self.folder / f"{name}.key"
        try:
            if key.stat().st_mode & 0o077:
                raise CaTrouble(key, f"others may read this key (mode {key.stat().st_mode & 0o777:04o}); chmod 600")
            return read_pair((self.folder / f"{name}.crt").read_bytes(), key.read_bytes())
        except OSError as exc:
            raise CaTrouble(self.folder, f"cannot be read: {exc.strerror}; `menshen ca init` makes one") from exc
        except ValueError as exc:
            raise CaTrouble(self.folder / f"{name}.crt", str(exc)) from exc

    def _keep(self, name: str, pair: Pair) -> None:
        """The key first: cut off in between, they do not belong together, and are made anew."""
        for suffix, data, mode in ((".key", pair.key_pem(), 0o600), (".crt", pair.certificate_pem(), 0o644)):
            fresh = self.folder / f"{name}.fresh"
            fresh.unlink(missing_ok=True)
            handle = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
            try:
                os.write(handle, data)
                os.fsync(handle)
            finally:
                os.close(handle)
            fresh.replace(self.folder / f"{name}{suffix}")
        sync_folder(self.folder)
