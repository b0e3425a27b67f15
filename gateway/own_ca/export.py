"""The gateway's own authority in; what a phone needs to trust it out: .crt, .mobileconfig, a sheet of words."""

import plistlib
import uuid
from collections.abc import Mapping
from html import escape

import segno
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.own_ca.authority import fingerprint

SHEET = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>门神 Menshen</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<h1>让手机信任本小区的门神 · Let a phone trust this gateway</h1>
<p>手机要用相机扫码，页面必须是 https。每部手机只需装一次。/ A phone's camera needs https. Once for each phone.</p>
<p>{qr}<br><code>{address}</code></p>
<p>指纹 SHA-256（手机显示的必须一样，不一样就不要装） / The phone must show the same fingerprint, or do not install:<br>
<code>{fingerprint}</code></p>
<h2>Android</h2>
<ol><li>用相机扫上面的码，第一次会有警告：点“高级”、“继续”，下载 menshen-ca.crt。 /
Scan, go on past the warning, download.</li>
<li>设置 → 安全 → 加密与凭据 → 安装证书 → CA 证书，选中下载的文件。 / Settings, Security, Encryption and credentials,
Install a certificate, CA certificate.</li></ol>
<h2>iPhone</h2>
<ol><li>用 Safari 打开同一地址，把结尾换成 ca.mobileconfig，点“允许”。 / In Safari: the same address, ending in
ca.mobileconfig; allow.</li>
<li>设置 → 已下载描述文件 → 安装。 / Settings, Profile Downloaded, Install.</li>
<li>设置 → 通用 → 关于本机 → 证书信任设置，打开这一项。 /
Settings, General, About, Certificate Trust Settings: on.</li></ol>
<h2>Windows</h2>
<p>双击 .crt → 安装证书 → 受信任的根证书颁发机构。 /
Double click the .crt, Install, Trusted Root Certification Authorities.</p>
<p>这张证书只能为本小区的名字和内网地址作证，不能冒充别的网站；有效期到 {until}。 / It can vouch for this house's names
and private addresses only; good until {until}.</p></html>
"""


def der(authority: x509.Certificate) -> bytes:
    return authority.public_bytes(Encoding.DER)


def mobileconfig(authority: x509.Certificate, called: str) -> bytes:
    """An Apple configuration profile with one root certificate. The same authority gives the same profile."""
    inner, outer = (str(uuid.uuid5(uuid.NAMESPACE_OID, fingerprint(authority) + part)) for part in ("root", "profile"))
    payload = {
        "PayloadType": "com.apple.security.root",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"menshen.ca.{inner}",
        "PayloadUUID": inner.upper(),
        "PayloadDisplayName": called,
        "PayloadContent": der(authority),
    }
    profile = {
        "PayloadType": "Configuration",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"menshen.{outer}",
        "PayloadUUID": outer.upper(),
        "PayloadDisplayName": called,
        "PayloadDescription": "门神页面的证书 / The certificate of the gateway's pages",
        "PayloadContent": [payload],
    }
    return plistlib.dumps(profile)


def sheet(authority: x509.Certificate, address: str) -> str:
    """A page to print. `address` is where a phone fetches the .crt from."""
    return SHEET.format(
        qr=segno.make(address, error="m").svg_inline(scale=6),
        address=escape(address),
        fingerprint=fingerprint(authority),
        until=authority.not_valid_after_utc.date().isoformat(),
    )


def exported(authority: x509.Certificate, called: str, address: str) -> Mapping[str, bytes]:
    """By the name of the file."""
    return {
        "menshen-ca.crt": der(authority),
        "menshen-ca.pem": authority.public_bytes(Encoding.PEM),
        "menshen-ca.mobileconfig": mobileconfig(authority, called),
        "menshen-ca.html": sheet(authority, address).encode(),
    }
