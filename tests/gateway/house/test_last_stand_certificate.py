"""With a dead disk the last page is served with the certificate of the pages, or in plain where that is gone."""

from datetime import UTC, datetime
from pathlib import Path

from gateway.config.sections import PagesSection
from gateway.house.last_stand import readable_certificate
from gateway.own_ca.files import OwnCa

NAMES = ("gate.lan",)


def test_pages_of_an_own_authority_stay_under_it(tmp_path: Path) -> None:
    ca = OwnCa(tmp_path / "ca", NAMES)
    now = datetime.now(UTC)
    ca.begin("Menshen", now)
    ca.fresh(now)
    section = PagesSection(tls=True, names=NAMES)
    assert readable_certificate(tmp_path, section) == (ca.certificate_file, ca.key_file)
    ca.key_file.write_bytes(b"")
    assert readable_certificate(tmp_path, section) == (None, None)


def test_files_that_the_disk_does_not_give_are_done_without(tmp_path: Path) -> None:
    gone = PagesSection(cert_file=tmp_path / "pages.crt", key_file=tmp_path / "pages.key")
    assert readable_certificate(tmp_path, gone) == (None, None)
    assert readable_certificate(tmp_path, PagesSection()) == (None, None)
