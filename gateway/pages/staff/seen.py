"""A member who has just logged in, in; a cookie that proves this browser later, out. It opens nothing by itself.

What it is good for: on a device where a member has logged in before, nobody's wrong PINs elsewhere delay that member.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

HOLDS = timedelta(days=30)


class SeenDevices:
    """`key` is the one sessions are signed with."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def cookie_name(self, member: str) -> str:
        """One for each member of a browser: a gate's screen is used by many. It does not tell who."""
        return "menshen_seen_" + hmac.new(self._key, b"name\0" + member.encode(), hashlib.sha256).hexdigest()[:8]

    def cookie(self, member: str, now: datetime) -> str:
        nonce, at = secrets.token_hex(12), int(now.timestamp())
        return f"{nonce}.{at}.{self._sign(member, nonce, str(at))}"

    def read(self, member: str, cookies: Mapping[str, str], now: datetime) -> str:
        """The device's own mark if this member logged in on it; empty if not, or long ago."""
        parts = cookies.get(self.cookie_name(member), "").split(".")
        if len(parts) != 3:
            return ""
        nonce, at, signature = parts
        if not hmac.compare_digest(signature.encode("utf-8", "replace"), self._sign(member, nonce, at).encode()):
            return ""
        return nonce if now.timestamp() - int(at) < HOLDS.total_seconds() else ""

    def _sign(self, member: str, nonce: str, at: str) -> str:
        text = "\0".join(("seen", member, nonce, at)).encode("utf-8", "replace")
        return hmac.new(self._key, text, hashlib.sha256).hexdigest()
