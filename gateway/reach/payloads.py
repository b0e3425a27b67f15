"""A message in, what a group's robot is posted out; and its answer in, why it was not taken out. No IO.

Sources: WeCom developer centre, "群机器人配置说明" (path 91770); DingTalk open platform, "自定义机器人接入" and
"自定义机器人安全设置" (the signature). Both answer 200 with an `errcode` of their own.
"""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Literal
from urllib.parse import quote_plus, urlencode

from gateway.kinds import Severity
from gateway.reach.channels import Message
from gateway.reach.message import path_of

Format = Literal["wecom", "dingtalk", "generic"]

WECOM_BYTES = 2048  # of a text, in UTF-8; longer ones are refused
DINGTALK_BYTES = 16_000  # of 20,000 for the whole body


def payload(form: Format, message: Message) -> bytes:
    """The body of the POST, JSON in UTF-8."""
    match form:
        case "wecom":
            text: dict[str, object] = {"content": clipped(message.text, WECOM_BYTES)}
            if _is_critical(message):
                text["mentioned_list"] = ["@all"]
            return _json({"msgtype": "text", "text": text})
        case "dingtalk":
            content = {"content": clipped(message.text, DINGTALK_BYTES)}
            return _json({"msgtype": "text", "text": content, "at": {"isAtAll": _is_critical(message)}})
        case "generic":
            return _json({"v": 1, "gw": message.gateway, "text": message.text, "alerts": _alerts(message)})


def signed(url: str, secret: str, at: datetime) -> str:
    """DingTalk's signature: HMAC-SHA256 of "milliseconds\\nsecret" under the secret. Good for an hour."""
    milliseconds = str(int(at.timestamp() * 1000))
    told = f"{milliseconds}\n{secret}".encode()
    sign = base64.b64encode(hmac.new(secret.encode(), told, hashlib.sha256).digest()).decode()
    query = urlencode({"timestamp": milliseconds, "sign": sign}, quote_via=quote_plus)
    return f"{url}{'&' if '?' in url else '?'}{query}"


def refusal(form: Format, status: int, body: bytes) -> str:
    """Why it was not taken; empty if it was. A redirection is none: alerts go where the settings say."""
    if not 200 <= status < 300:
        return f"answered {status}"
    if form == "generic":
        return ""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return "answered no JSON"
    code = answer.get("errcode") if isinstance(answer, dict) else None
    if code == 0 and not isinstance(code, bool):
        return ""
    return f"errcode {code}" if isinstance(code, int) else "answered without errcode"


def clipped(text: str, most_bytes: int) -> str:
    """The beginning of a text that has room, with an ellipsis where something is gone."""
    encoded = text.encode()
    if len(encoded) <= most_bytes:
        return text
    return encoded[: most_bytes - len("…".encode())].decode(errors="ignore") + "…"


def _alerts(message: Message) -> list[dict[str, object]]:
    return [
        {
            "id": alert.id,
            "revision": alert.revision,
            "kind": alert.kind,
            "severity": alert.severity,
            "place": alert.place,
            "path": path_of(alert, message.places),
            "raised_at": alert.raised_at.isoformat(),
            "count": alert.count,
            "drill": alert.drill,
        }
        for alert in message.alerts
    ]


def _is_critical(message: Message) -> bool:
    return any(alert.severity is Severity.CRITICAL for alert in message.alerts)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
