"""A phone that trusts the gateway's certificate may use its camera on the page; over plain http it may not."""

import base64
import hashlib
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.own_ca.files import OwnCa
from tests.gateway.pages.browsing import make_pages, served
from tests.gateway.pages.fake_house import GUARD, PINS
from tests.gateway.pages.visiting import IN_A_BROWSER
from tests.gateway.test_own_ca import over_tls
from tests.pictures import DESKTOP, chromium, log_in, open_page

pytestmark = IN_A_BROWSER
CAMERA = "navigator.mediaDevices ? navigator.mediaDevices.getUserMedia({video: true}).then(() => 'seen') : 'none'"
FLAGS = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


async def test_the_camera_of_a_page_over_our_own_tls_is_allowed(tmp_path: Path) -> None:
    ca = OwnCa(tmp_path, ("menshen.local",))
    ca.begin("Menshen", datetime.now(UTC))
    ca.fresh(datetime.now(UTC))
    pages = ca.pages()
    assert pages is not None
    spki = pages.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pin = base64.b64encode(hashlib.sha256(spki).digest()).decode()
    async with (
        over_tls(tmp_path, ca.certificate_file, ca.key_file) as safe,
        served(make_pages()) as plain,
        chromium(
            *FLAGS,
            "--host-resolver-rules=MAP menshen.local 127.0.0.1",
            f"--ignore-certificate-errors-spki-list={pin}",
        ) as browser,
    ):
        page = await open_page(browser, f"https://menshen.local:{safe.port}", "zh", DESKTOP)
        await log_in(page, GUARD.id, PINS[GUARD.id])
        await page.goto(f"https://menshen.local:{safe.port}/guard?lane=east-1")
        assert await page.evaluate("isSecureContext") is True
        assert await page.evaluate(CAMERA) == "seen"
        other = await open_page(browser, f"http://menshen.local:{plain.port}", "zh", DESKTOP)
        assert await other.evaluate("isSecureContext") is False
        assert await other.evaluate(CAMERA) == "none"
