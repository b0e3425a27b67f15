"""HTTPS by the gateway's own authority: real TLS, a client that trusts it, names it may not sign for, renewal."""

import asyncio
import json
import plistlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from typer.testing import CliRunner

from gateway.cli.ca import app
from gateway.journal.reader import Reader
from gateway.own_ca.authority import AUTHORITY_HOLDS, PAGES_HOLD, issue, names_of, new_authority, why_renew
from gateway.own_ca.export import der, mobileconfig
from gateway.own_ca.files import CaTrouble, OwnCa
from gateway.own_ca.served import served_by
from gateway.pages.desk import PageSettings
from gateway.pages.serve import PageServer, listen
from tests.gateway.house.test_house import premises
from tests.gateway.pages.browsing import SETTINGS, log_in, make_pages
from tests.gateway.pages.fake_house import GUARD

NAMES = ("127.0.0.1", "localhost")
NOW = datetime.now(UTC).replace(microsecond=0)


@asynccontextmanager
async def over_tls(folder: Path, certificate: Path, key: Path, authority: bytes = b"") -> AsyncIterator[PageServer]:
    pages = make_pages(settings=PageSettings(SETTINGS.session_key, https=True, authority={"/ca.crt": authority}))
    server = PageServer(pages.app, listen("127.0.0.1", 0), certificate, key)
    running = asyncio.create_task(server.run())
    try:
        yield server
    finally:
        server.stop()
        await running


def trusting(folder: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=folder / "ca.crt")


@pytest.mark.asyncio
async def test_a_client_that_trusts_the_authority_logs_in_and_another_does_not_even_begin(tmp_path: Path) -> None:
    ca = OwnCa(tmp_path / "ca", NAMES)
    root = ca.begin("Menshen", NOW).certificate
    assert ca.fresh(NOW)
    async with over_tls(tmp_path, ca.certificate_file, ca.key_file, der(root)) as server:
        url = f"https://localhost:{server.port}"
        async with httpx.AsyncClient(base_url=url, verify=trusting(ca.folder), headers={"Origin": url}) as browser:
            answer = await log_in(browser, GUARD)
            assert (answer.status_code, answer.headers["location"]) == (303, "/")
            assert answer.headers["set-cookie"].startswith("__Host-menshen=")
            assert (await browser.get("/guard")).status_code == 200
            fetched = await browser.get("/ca.crt")
            assert x509.load_der_x509_certificate(fetched.content) == root
            assert fetched.headers["content-type"] == "application/x-x509-ca-cert"
            # another name: what is shown from now on is the new certificate
            renamed = OwnCa(ca.folder, (*NAMES, "gate.lan"))
            assert renamed.fresh(NOW)
            server.show_certificate(renamed.certificate_file, renamed.key_file)
            shown = await asyncio.to_thread(ssl.get_server_certificate, ("127.0.0.1", server.port))
            assert "gate.lan" in names_of(x509.load_pem_x509_certificate(shown.encode()))
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            async with httpx.AsyncClient(verify=ssl.create_default_context()) as stranger:
                await stranger.get(url)


@pytest.mark.asyncio
@pytest.mark.parametrize("name", ["bank.example", "8.8.8.8"])
async def test_the_authority_can_be_no_other_site(tmp_path: Path, name: str) -> None:
    """Its key stolen, it signs for a bank: a phone that trusts it refuses."""
    ca = OwnCa(tmp_path, NAMES)
    stolen = issue(ca.begin("Menshen", NOW), (name, "localhost"), NOW)
    (tmp_path / "bank.crt").write_bytes(stolen.certificate_pem())
    (tmp_path / "bank.key").write_bytes(stolen.key_pem())
    async with over_tls(tmp_path, tmp_path / "bank.crt", tmp_path / "bank.key") as server:
        with pytest.raises(httpx.ConnectError, match="permitted subtree violation"):
            async with httpx.AsyncClient(verify=trusting(tmp_path)) as browser:
                await browser.get(f"https://localhost:{server.port}/healthz")


def test_the_certificate_is_made_anew_before_it_ends_and_when_names_or_authority_change() -> None:
    authority = new_authority("Menshen", NAMES, NOW)
    pages = issue(authority, NAMES, NOW)
    assert why_renew(authority, pages, NAMES, NOW) == ""
    assert why_renew(authority, pages, NAMES, NOW + PAGES_HOLD - timedelta(days=61)) == ""
    assert why_renew(authority, pages, NAMES, NOW + PAGES_HOLD - timedelta(days=59)) == "it ends soon"
    assert why_renew(authority, pages, (*NAMES, "gate.lan"), NOW) == "the names are others"
    assert why_renew(new_authority("Menshen", NAMES, NOW), pages, NAMES, NOW) == "another authority signed it"
    assert why_renew(authority, pages, NAMES, NOW - timedelta(days=30)) == "it is not good now"
    last = issue(authority, NAMES, NOW + AUTHORITY_HOLDS - timedelta(days=10))
    assert last.certificate.not_valid_after_utc == authority.certificate.not_valid_after_utc
    assert why_renew(authority, last, NAMES, NOW + AUTHORITY_HOLDS - timedelta(days=9)) == ""  # none lasts longer


def test_keys_are_for_the_gateway_alone_and_half_a_write_is_made_good(tmp_path: Path) -> None:
    ca = OwnCa(tmp_path / "ca", NAMES)
    with pytest.raises(CaTrouble, match="menshen ca init"):
        ca.fresh(NOW)
    ca.begin("Menshen", NOW)
    assert ca.fresh(NOW)
    assert not ca.fresh(NOW)
    modes = {each.name: each.stat().st_mode & 0o777 for each in ca.folder.iterdir()}
    assert modes == {"ca.key": 0o600, "ca.crt": 0o644, "pages.key": 0o600, "pages.crt": 0o644}
    with pytest.raises(CaTrouble, match="has an authority already"):
        ca.begin("Menshen", NOW)
    ca.key_file.write_bytes(issue(ca.authority(), NAMES, NOW).key_pem())  # a kill between key and certificate
    assert ca.fresh(NOW)
    (ca.folder / "ca.key").chmod(0o644)
    with pytest.raises(CaTrouble, match="others may read this key"):
        ca.fresh(NOW)


def test_an_iphone_s_profile_holds_the_root_and_is_the_same_each_time() -> None:
    root = new_authority("Menshen", NAMES, NOW).certificate
    profile = plistlib.loads(mobileconfig(root, "门神"))
    (payload,) = profile["PayloadContent"]
    assert payload["PayloadType"] == "com.apple.security.root"
    assert x509.load_der_x509_certificate(payload["PayloadContent"]) == root
    assert mobileconfig(root, "门神") == mobileconfig(root, "门神")


def test_the_commands_make_show_and_export_it(tmp_path: Path) -> None:
    config = tmp_path / "menshen.toml"
    config.write_text(
        f"""
        gateway = {{ id = "g", data = "{tmp_path}/data" }}
        street = {{ id = "s", name = "s" }}
        pages = {{ tls = true, names = ["gate.local", "192.168.1.20"] }}
        [[compounds]]
        id = "c"
        name = "c"
        gates = [{{ id = "g", name = "g", number = 1, lanes = [{{ id = "l", name = "l", direction = "in" }}] }}]
        """,
        "utf-8",
    )

    def ca(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, [arguments[0], "--config", str(config), *arguments[1:]])
        return done.exit_code, done.output

    assert ca("show")[0] == 3
    assert ca("init")[0] == 0
    assert ca("init")[0] == 2
    assert ca("issue")[1].endswith("pages.crt: made\n")
    assert ca("issue")[1].endswith("pages.crt: is good\n")
    told = json.loads(ca("show", "--json")[1])
    assert told["pages_names"] == ["gate.local", "192.168.1.20"]
    assert ca("export", "--out", str(tmp_path / "out"))[0] == 0
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == [
        "menshen-ca.crt",
        "menshen-ca.html",
        "menshen-ca.mobileconfig",
        "menshen-ca.pem",
    ]
    sheet = (tmp_path / "out" / "menshen-ca.html").read_text("utf-8")
    assert told["sha256"] in sheet
    assert "https://gate.local:8443/ca.crt" in sheet
    assert "<svg" in sheet


@pytest.mark.asyncio
async def test_a_house_with_tls_serves_its_own_certificate_and_the_files_phones_fetch(tmp_path: Path) -> None:
    async with premises(tmp_path) as here:
        text = here.config.read_text("utf-8")
        pages = f'pages = {{ port = {here.port}, tls = true, names = ["localhost"] }}'
        here.config.write_text(text.replace(f"pages = {{ port = {here.port} }}", pages), "utf-8")
        await here.open(pages=True)  # no authority yet: it makes one
        context = trusting(here.data / "ca")
        async with httpx.AsyncClient(base_url=f"https://localhost:{here.port}", verify=context, timeout=30) as browser:
            assert (await browser.get("/healthz")).text == "ok\n"
            profile = await browser.get("/ca.mobileconfig")
            assert plistlib.loads(profile.content)["PayloadType"] == "Configuration"
            elsewhere = await browser.get("/login", headers={"Host": "evil.test"})
            assert elsewhere.status_code == 421  # with names it answers to these alone
        assert (await here.close())[0] == 0


@pytest.mark.asyncio
async def test_an_authority_that_cannot_be_used_shuts_no_gate_and_is_left_alone(tmp_path: Path) -> None:
    async with premises(tmp_path) as here:
        text = here.config.read_text("utf-8")
        pages = f'pages = {{ port = {here.port}, tls = true, names = ["localhost"] }}'
        here.config.write_text(text.replace(f"pages = {{ port = {here.port} }}", pages), "utf-8")
        here.menshen("ca", "init")
        kept = (here.data / "ca" / "ca.key").read_bytes()
        (here.data / "ca" / "ca.key").chmod(0o644)
        await here.open(pages=True)
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            async with httpx.AsyncClient(verify=trusting(here.data / "ca")) as browser:
                await browser.get(f"https://localhost:{here.port}/healthz")
        async with httpx.AsyncClient(verify=False) as browser:
            assert (await browser.get(f"https://localhost:{here.port}/healthz")).text == "ok\n"
            assert (await browser.get(f"https://localhost:{here.port}/ca.crt")).status_code == 404
        await here.close()
        assert "others may read this key" in here.log.read_text("utf-8")
        assert (here.data / "ca" / "ca.key").read_bytes() == kept
        with Reader(here.data / "journal.db") as reader:
            told = [record.body or b"" for record in reader.since(0, 100) if record.kind == "Alert"]
        assert any(b"book_unreadable" in body and b'"ca"' in body for body in told)


@pytest.mark.parametrize("wakes", [datetime(1970, 1, 1, tzinfo=UTC), NOW])
def test_an_authority_made_by_a_gateway_that_wakes_in_1970_is_good_today(tmp_path: Path, wakes: datetime) -> None:
    ca = OwnCa(tmp_path / "ca", NAMES)
    with served_by(ca, "Menshen", lambda: wakes) as served:
        assert served.trouble == ""
    with served_by(ca, "Menshen", lambda: NOW) as served:
        assert served.trouble == ""
    root = ca.authority().certificate
    assert root.not_valid_before_utc < NOW < root.not_valid_after_utc
    with served_by(ca, "Menshen", lambda: NOW + AUTHORITY_HOLDS + timedelta(days=800)) as served:
        assert served.trouble  # it has ended: a certificate of this start stands in
        ssl.create_default_context().load_cert_chain(served.certificate, served.key)  # they belong together
    assert not served.certificate.exists()
