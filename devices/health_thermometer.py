"""Health Thermometer bytes in (characteristic 0x2A1C, or service data of 0x1809), degrees Celsius out.

    2A1C         flags | FLOAT (4) | time stamp (7, if flags bit 1) | temperature type (1, if flags bit 2)
    flags        bit 0: Fahrenheit
    FLOAT        24-bit mantissa, signed, little endian | 8-bit exponent, signed: mantissa * 10^exponent
    time stamp   year (2, little endian) | month | day | hours | minutes | seconds
    service data FLOAT, always Celsius (FreeTec PX-1737 and its kin advertise it; battery stands in 0x180F)

Source: GATT Specification Supplement 3.216 Temperature Measurement, 3.70 Date Time; IEEE 11073-20601 FLOAT-Type. The
exponent is a plain signed byte: libraries that add a bias of 128 read 36.0 C as 3.6e+129.

The time stamp is the band's own clock, set by nobody in the house: it tells two measurements apart and is no hour.
"""

from datetime import datetime

from msgspec import Struct

FAHRENHEIT, TIME_STAMP, TYPE = 0x01, 0x02, 0x04

# 0x007FFFFF not a number, 0x00800000 not at this resolution, 0x007FFFFE and 0x00800002 infinities, 0x00800001 reserved
_SPECIAL_MANTISSAS = frozenset({0x7FFFFF, 0x800000, 0x7FFFFE, 0x800002, 0x800001})


class Temperature(Struct, frozen=True):
    """One measurement. `celsius` is None where the band says "no value"."""

    celsius: float | None
    taken: datetime | None = None  # naive, the band's own clock
    site: int | None = None  # temperature type 0x2A1D: 1 armpit, 2 body, 4 finger ... 9 tympanum


def float32(raw: bytes) -> float | None:
    """The IEEE 11073 FLOAT in four bytes; None for its special values and for what no thermometer says."""
    mantissa = int.from_bytes(raw[:3], "little")
    exponent = int.from_bytes(raw[3:4], "little", signed=True)
    if mantissa in _SPECIAL_MANTISSAS or abs(exponent) > 20:
        return None
    if mantissa & 0x800000:
        mantissa -= 1 << 24
    # dividing keeps 3606e-2 at 36.06; multiplying by 0.01 would not
    return mantissa / 10**-exponent if exponent < 0 else float(mantissa * 10**exponent)


def measurement(value: bytes) -> Temperature | None:
    """A value of 0x2A1C; None if it is shorter than its flags say. Trailing bytes are left alone."""
    if len(value) < 5:
        return None
    flags, at = value[0], 5
    degrees = float32(value[1:5])
    if degrees is not None and flags & FAHRENHEIT:
        degrees = (degrees - 32) / 1.8
    taken, site = None, None
    if flags & TIME_STAMP:
        if len(value) < at + 7:
            return None
        taken, at = _date_time(value[at : at + 7]), at + 7
    if flags & TYPE:
        if len(value) < at + 1:
            return None
        site = value[at]
    return Temperature(degrees, taken, site)


def service_data(value: bytes) -> Temperature | None:
    """Service data of 0x1809; None if it is not one FLOAT."""
    return Temperature(float32(value)) if len(value) == 4 else None


def _date_time(raw: bytes) -> datetime | None:
    # zero stands for "unknown" in year, month and day
    try:
        return datetime(int.from_bytes(raw[:2], "little"), *raw[2:7])  # naive: the band knows no time zone
    except ValueError:
        return None
