"""The folder of the gateway's authority in; the certificate its pages are served with out, whatever is wrong with it.

`tls = true` alone is enough: where there is no authority yet, one is made. Where there is one and it cannot be used (a
key that others may read, a torn file), it is left alone, for phones trust it: the pages are served with a certificate
of this start only, which browsers warn of, and an alert says so. The gate is not shut for a certificate.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from gateway.own_ca.authority import fingerprint
from gateway.own_ca.export import der, mobileconfig
from gateway.own_ca.files import CaTrouble, OwnCa

log = logging.getLogger(__name__)

# a gateway without a clock of its own wakes in 1970: an authority of then would have ended before any phone trusts it
NOT_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)


class Served(Struct, frozen=True):
    """`to_trust`: what phones fetch, by its address. `trouble`: why a certificate of this start stands in."""

    certificate: Path
    key: Path
    to_trust: dict[str, bytes]
    trouble: str = ""


@contextmanager
def served_by(ca: OwnCa, called: str, now: Callable[[], datetime]) -> Iterator[Served]:
    """The files hold for as long as the context does."""
    served = _own_or_why_not(ca, called, now())
    if isinstance(served, Served):
        yield served
        return
    log.critical("pages: the gateway's own authority cannot be used: %s; browsers will warn until it can", served)
    with TemporaryDirectory(prefix="menshen-ca-") as folder:
        spare = OwnCa(Path(folder) / "ca", ca.names)
        spare.begin(called, max(now(), NOT_BEFORE))
        spare.fresh(max(now(), NOT_BEFORE))
        yield Served(spare.certificate_file, spare.key_file, {}, served)


def _own_or_why_not(ca: OwnCa, called: str, now: datetime) -> Served | str:
    try:
        return _own(ca, called, now)
    except (CaTrouble, OSError, ValueError) as exc:  # ValueError: it ends before its pages' certificate would begin
        return str(exc)


def _own(ca: OwnCa, called: str, now: datetime) -> Served:
    if not ca.exists:
        made = ca.begin(called, max(now, NOT_BEFORE))
        log.warning("pages: made the gateway's own authority, SHA-256 %s", fingerprint(made.certificate))
        log.warning("pages: no phone trusts it yet; `menshen ca export` writes what they need")
    ca.fresh(max(now, NOT_BEFORE))
    root = ca.authority().certificate
    to_trust = {"/ca.crt": der(root), "/ca.mobileconfig": mobileconfig(root, called)}
    return Served(ca.certificate_file, ca.key_file, to_trust)
