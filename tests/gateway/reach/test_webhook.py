"""What is posted to a robot, to a real server on this machine; and what is no success."""

import base64
import hashlib
import hmac
import json
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from msgspec.structs import replace
from pydantic import ValidationError

from gateway.config.reach import WebhookReach
from gateway.kinds import Kind
from gateway.reach.channels import NotCarried
from gateway.reach.payloads import WECOM_BYTES, clipped
from gateway.reach.post import LARGEST_ANSWER
from gateway.reach.webhook import Webhook
from tests.gateway.reach.alerts import alert, message
from tests.gateway.reach.robot import Robot, standing
from tests.small_site import BAND, HOME, NOON, SUBJECT

SECRET = "SECthis0is0a0test"  # of nobody's robot


def webhook(**keys: object) -> Webhook:
    return Webhook(WebhookReach.model_validate({"kind": "webhook", "name": "group", **keys}), lambda: NOON)


def secret_file(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / "secret"
    file.write_text(text + "\n", "utf-8")
    file.chmod(mode)
    return file


@pytest.mark.asyncio
async def test_wecom_gets_a_text_for_everybody() -> None:
    async with standing(Robot()) as robot:
        await webhook(format="wecom", url=robot.url("/cgi-bin/webhook/send?key=k1")).carry(
            message(alert(kind=Kind.FALL))
        )
    (body,) = robot.bodies
    assert robot.targets == ["/cgi-bin/webhook/send?key=k1"]
    assert body["msgtype"] == "text"
    assert body["text"]["mentioned_list"] == ["@all"]
    assert "紧急 04-01 12:00 棕榈苑 / 3号楼 / 1单元 / 502：跌倒" in body["text"]["content"]


@pytest.mark.asyncio
async def test_dingtalk_gets_a_signed_text(tmp_path: Path) -> None:
    async with standing(Robot()) as robot:
        url = robot.url("/robot/send?access_token=t1")
        await webhook(format="dingtalk", url=url, secret_file=secret_file(tmp_path, SECRET)).carry(message())
    query = parse_qs(urlsplit(robot.targets[0]).query)
    stamp = str(int(NOON.timestamp() * 1000))
    expected = base64.b64encode(hmac.digest(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), hashlib.sha256)).decode()
    assert query == {"access_token": ["t1"], "timestamp": [stamp], "sign": [expected]}
    assert robot.bodies[0]["msgtype"] == "text"
    assert robot.bodies[0]["at"] == {"isAtAll": False}  # high, not critical


@pytest.mark.asyncio
async def test_anything_else_gets_the_alerts_as_values() -> None:
    async with standing(Robot(status="204 No Content", answer=b"")) as robot:
        await webhook(url=robot.url()).carry(message(alert(3, drill=True)))
    (body,) = robot.bodies
    assert body["gw"] == "palm-1"
    assert body["alerts"] == [
        {
            "id": "e/3",
            "revision": 1,
            "kind": "quarantine_door_opened",
            "severity": "high",
            "place": HOME,
            "path": "棕榈苑 / 3号楼 / 1单元 / 502",
            "raised_at": (NOON + timedelta(seconds=3)).isoformat(),
            "count": 1,
            "drill": True,
        }
    ]
    assert "【演练】" in body["text"]


@pytest.mark.asyncio
@pytest.mark.parametrize("form", ["wecom", "dingtalk", "generic"])
async def test_no_pseudonym_and_no_temperature_leaves_the_house(form: str) -> None:
    async with standing(Robot()) as robot:
        await webhook(format=form, url=robot.url()).carry(message(alert(kind=Kind.FEVER)))
    told = json.dumps(robot.bodies, ensure_ascii=False)
    assert "发热" in told
    assert SUBJECT not in told
    assert "38.4" not in told


def test_many_alerts_are_a_short_text_and_a_count() -> None:
    text = message(*(alert(number) for number in range(1, 101))).text
    assert text.count("隔离户门被打开") == 8
    assert text.endswith("另有 92 条，请看警报页。")
    assert len(text.encode()) < WECOM_BYTES


def test_what_has_no_place_is_known_by_its_name_in_the_settings_and_a_band_by_none() -> None:
    lost = replace(alert(kind=Kind.CABLE_LOST), place="", device="rs485-a")
    silent = replace(alert(kind=Kind.BAND_FORGED), place="", device=BAND)
    assert "rs485-a：线缆断开" in message(lost).text
    assert BAND not in message(silent).text


def test_a_text_is_cut_between_letters() -> None:
    assert clipped("门神门神", 12) == "门神门神"
    assert clipped("门神门神", 11) == "门神…"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("robot", "why"),
    [
        (Robot(answer=b'{"errcode":93000,"errmsg":"invalid webhook url"}'), "errcode 93000"),
        (Robot(answer=b"<html>log in</html>"), "no JSON"),
        (Robot(answer=b"[]"), "without errcode"),
        (Robot(answer=b"[" * 5000), "no JSON"),
        (Robot(answer=b"x" * (LARGEST_ANSWER * 4)), "no JSON"),
        (Robot(status="500 Oops"), "answered 500"),
        (Robot(status="302 Found", extra="Location: http://127.0.0.1:1/elsewhere\r\n"), "answered 302"),
        (Robot(status="nonsense"), "does not speak HTTP"),
        (Robot(silent=True), "no answer within 1 s"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_is_not_taken_is_said_and_its_key_is_not(robot: Robot, why: str) -> None:
    async with standing(robot):
        with pytest.raises(NotCarried, match=why) as refused:
            await webhook(format="wecom", url=robot.url("/send?key=k1"), timeout_seconds=1).carry(message())
    assert "k1" not in str(refused.value)


@pytest.mark.asyncio
async def test_nobody_there_is_said() -> None:
    async with standing(Robot()) as robot:
        url = robot.url()
    with pytest.raises(NotCarried, match=r"[Rr]efused|failed"):
        await webhook(url=url).carry(message())


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "robot")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    crt, pem = folder / "robot.crt", folder / "robot.key"
    crt.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(crt, pem)
    return context, crt


@pytest.mark.asyncio
async def test_only_a_certificate_of_a_known_authority_is_spoken_to(tmp_path: Path) -> None:
    context, crt = certificate(tmp_path)
    async with standing(Robot(), tls=context) as robot:
        url = robot.url(scheme="https")
        with pytest.raises(NotCarried, match="not to be trusted"):
            await webhook(url=url).carry(message())
        assert robot.bodies == []
        await webhook(url=url, ca_file=crt).carry(message())
        assert len(robot.bodies) == 1


@pytest.mark.asyncio
async def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with standing(Robot()) as robot:
        await webhook(url=robot.url()).carry(message())
    assert len(robot.bodies) == 1


@pytest.mark.asyncio
async def test_the_address_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    async with standing(Robot()) as robot:
        await webhook(url_file=secret_file(tmp_path, robot.url("/send?key=k2"))).carry(message())
        assert robot.targets == ["/send?key=k2"]
        with pytest.raises(NotCarried, match="chmod 600"):
            await webhook(url_file=secret_file(tmp_path, robot.url(), 0o644)).carry(message())
        with pytest.raises(NotCarried, match="not a web address"):
            await webhook(url_file=secret_file(tmp_path, "file:///etc/passwd")).carry(message())


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({"url": "http://robot.example/send"}, "write https://"),
        ({"url": "http://8.8.8.8/send"}, "write https://"),
        ({"url": "ftp://robot.example/"}, "not a web address"),
        ({"url": "https://user:pw@robot.example/"}, "not a web address"),
        ({"url": "https://robot.example/a\r\nX: y"}, "no blanks"),
        ({"url": "https://robot.example:99999/"}, "not a web address"),
        ({}, "give url or url_file"),
        ({"url": "https://robot.example/", "secret_file": "x"}, "for DingTalk"),
    ],
)
def test_addresses_that_are_refused(keys: dict[str, str], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        WebhookReach.model_validate({"kind": "webhook", "name": "group", **keys})
