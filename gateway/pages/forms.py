"""The fields of a posted form in, clean values out; anything else is one 400 with the field's name."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from starlette.exceptions import HTTPException
from starlette.requests import Request

from gateway.plain_text import clean

MOST_FIELDS = 24
YEARS = range(2000, 2200)  # a day more, or another time zone, must not lead out of the calendar
_ORDER_ID = re.compile(r"[0-9a-f]{32}")
_CELSIUS = re.compile(r"[0-9]{2}(\.[0-9]{1,2})?", re.ASCII)
_SUBJECT = re.compile(r"[0-9a-f]{16}")


class Fields:
    """What was posted. Every reader raises HTTPException(400) where a browser with our form would not have sent it."""

    def __init__(self, values: dict[str, str]) -> None:
        self._values = values

    def raw(self, name: str) -> str:
        return self._values.get(name, "")

    def text(self, name: str, most: int, *, needed: bool = True) -> str:
        said = clean(self.raw(name))
        if len(said) > most or (needed and not said):
            raise HTTPException(400, name)
        return said

    def one_of(self, name: str, known: tuple[str, ...]) -> str:
        said = self.raw(name)
        if said not in known:
            raise HTTPException(400, name)
        return said

    def number(self, name: str, least: int, most: int) -> int:
        said = self.raw(name).strip()
        if not said.isdecimal() or not said.isascii() or len(said) > 9 or not least <= int(said) <= most:
            raise HTTPException(400, name)
        return int(said)

    def celsius(self, name: str) -> float | None:
        """A temperature as people write it, 36.5 or 36,5; None where nothing was written."""
        said = self.raw(name).strip().replace(",", ".").replace("\uff0c", ".")
        if not said:
            return None
        if _CELSIUS.fullmatch(said) is None:
            raise HTTPException(400, name)
        return float(said)

    def order_id(self) -> str:
        """The id that came with the form: the same form sent twice is one order."""
        return self._matching("order", _ORDER_ID)

    def subject(self, name: str) -> str:
        """A pseudonym, or empty for a new one."""
        return "" if not self.raw(name).strip() else self._matching(name, _SUBJECT)

    def day(self, name: str) -> date:
        try:
            said = date.fromisoformat(self.raw(name).strip())
        except ValueError:
            raise HTTPException(400, name) from None
        if said.year not in YEARS:
            raise HTTPException(400, name)
        return said

    def hour(self, name: str, zone: ZoneInfo) -> datetime:
        """A local date and time of the compound."""
        try:
            local = datetime.fromisoformat(self.raw(name).strip())
        except ValueError:
            raise HTTPException(400, name) from None
        if local.year not in YEARS:
            raise HTTPException(400, name)
        return local.replace(tzinfo=zone) if local.tzinfo is None else local

    def _matching(self, name: str, pattern: re.Pattern[str]) -> str:
        said = self.raw(name).strip()
        if pattern.fullmatch(said) is None:
            raise HTTPException(400, name)
        return said


async def read_fields(request: Request) -> Fields:
    """The posted form. Only the one encoding our forms use is read; of a field that comes twice the last counts."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise HTTPException(400, "content-type")
    form = await request.form(max_files=0, max_fields=MOST_FIELDS)
    return Fields({name: value for name, value in form.items() if isinstance(value, str)})
