"""A member and the hour in, a signed cookie out; a cookie in, the session or nothing out.

Sessions are signed and not stored, so that a gate's screen goes on by itself when the house starts anew. What ends
one: the shift's hours, an hour in which nobody used it, logging out (kept until it would have ended anyway), a new PIN,
the end of a volunteer's code, a member struck off.
A cookie stolen before a log-out would live again after a restart until its shift ends: the price of not storing.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gateway.pages.access import Member, Role, Staff

SHIFT = timedelta(hours=12)
IDLE = timedelta(hours=1)
STANDING = frozenset({Role.GUARD, Role.VOLUNTEER})  # a gate's screen is watched and seldom touched
MOST_ENDED = 4096  # log-outs remembered; far more than a shift has


@dataclass(frozen=True, slots=True)
class Session:
    member: Member
    begun: datetime
    nonce: str


class Sessions:
    """`key` is 32 random bytes that outlive the process. `shift` is how long a log-in holds, `idle` how long unused."""

    def __init__(self, key: bytes, shift: timedelta = SHIFT, idle: timedelta = IDLE) -> None:
        if len(key) < 32:
            raise ValueError(f"a session key has at least 32 bytes, not {len(key)}")
        self._key = key
        self._shift = shift
        self._idle = idle
        self._ended: dict[str, datetime] = {}
        self._used: dict[str, datetime] = {}  # since the house opened; only cookies of ours get here

    def open(self, member: Member, now: datetime) -> str:
        """A cookie for a member who has just proved to be one."""
        begun = int(now.timestamp())
        nonce = secrets.token_urlsafe(18)
        name = base64.urlsafe_b64encode(member.id.encode()).decode()
        return f"{name}.{begun}.{nonce}.{self._sign(member, begun, nonce)}"

    def read(self, cookie: str, staff: Staff, now: datetime) -> Session | None:
        """The session of a cookie, if it is ours, not ended and not over."""
        parts = cookie.split(".")
        if len(parts) != 4 or len(cookie) > 512 or not cookie.isascii():
            return None
        name, begun_text, nonce, signature = parts
        try:
            begun = int(begun_text)
            started = datetime.fromtimestamp(begun, UTC)
            member = staff.find(base64.urlsafe_b64decode(name).decode())
        except (ValueError, binascii.Error, OverflowError, OSError):
            return None  # not written by us
        if member is None or not hmac.compare_digest(signature, self._sign(member, begun, nonce)):
            return None
        session = Session(member, started, nonce)
        if nonce not in self._used:  # the house opened anew meanwhile
            self.touch(session, now)
        return session if self.holds(session, staff, now) else None

    def holds(self, session: Session, staff: Staff, now: datetime) -> bool:
        """Is it still good? A clock that was set back must not end a shift: only being too old does."""
        return (
            now - session.begun <= self._shift
            and session.nonce not in self._ended
            and (session.member.ends is None or now < session.member.ends)
            and (session.member.role in STANDING or now - self._used.get(session.nonce, now) <= self._idle)
            and staff.find(session.member.id) == session.member
        )

    def touch(self, session: Session, now: datetime) -> None:
        """Somebody uses it."""
        if len(self._used) >= MOST_ENDED:
            self._used = {nonce: used for nonce, used in self._used.items() if now - used <= self._shift}
        self._used[session.nonce] = now

    def end(self, session: Session, now: datetime) -> None:
        """Log out: this cookie is worth nothing any more."""
        if len(self._ended) >= MOST_ENDED:
            self._ended = {nonce: over for nonce, over in self._ended.items() if over > now}
        self._ended[session.nonce] = session.begun + self._shift

    def form_token(self, nonce: str) -> str:
        """What a form of this session carries, so that no other site's form is taken for ours."""
        return hmac.new(self._key, b"form\0" + nonce.encode(), hashlib.sha256).hexdigest()

    def form_matches(self, nonce: str, token: str) -> bool:
        return hmac.compare_digest(self.form_token(nonce).encode(), token.encode("utf-8", "replace"))

    def _sign(self, member: Member, begun: int, nonce: str) -> str:
        text = "\0".join(("session", member.id, str(begun), nonce, member.mark))
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()
