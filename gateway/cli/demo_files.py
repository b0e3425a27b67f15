"""A folder and what was installed in; menshen.toml, centre.toml, a maker's list of keys and PINs of staff out."""

import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

Value = Any  # what tomllib gives: str, int, float, bool, list, dict

STAFF: Final = (("guard", "张卫", "guard"), ("installer", "李工", "installer"), ("duty", "王医生", "duty_officer"))


ROUND_SECONDS: Final = 8.0  # of a round; an epidemic gives it two hours
RESPONDERS: Final = (("duty", "duty_officer"), ("secretary", "secretary"))


class Member(Struct, frozen=True):
    """Who may log in to the pages of the demonstration, and how."""

    id: str
    name: str
    role: str
    pin: str


class Site(Struct, frozen=True):
    """What the demonstration's gateway looks after; the sections as menshen.toml has them."""

    street: Mapping[str, Value]
    compound: Mapping[str, Value]
    links: Iterable[Mapping[str, Value]]
    devices: Iterable[Mapping[str, Value]]
    limits: Mapping[str, float]
    rounds: Iterable[datetime] = ()  # when one begins


def write_config(folder: Path, gw: str, broker: Mapping[str, Value], port: int, site: Site) -> Path:
    """menshen.toml in that folder; keys of `menshen keys init` are expected in its folder `keys`."""
    path = folder / "menshen.toml"
    config = {
        "gateway": {"id": gw, "data": str(folder / "gateway")},
        "street": site.street,
        "compounds": [site.compound],
        "links": list(site.links),
        "devices": list(site.devices),
        "uplink": {"reports": ["decisions", "stays", "services", "rounds"], "broker": {"client_id": gw, **broker}},
        "pages": {"host": "127.0.0.1", "port": port},
        "passes": {"roots": [str(folder / "keys/root.pub.pem")], "trust": str(folder / "keys/trust.cose")},
        "limits": site.limits,
        "rounds": {"hours": [f"{hour:%H:%M:%S}" for hour in site.rounds], "minutes": ROUND_SECONDS / 60},
        "responders": [{"id": member, "role": role} for member, role in RESPONDERS],
    }
    path.write_text("\n".join(toml_lines(config)) + "\n", "utf-8")
    return path


def write_centre_config(folder: Path, broker: Mapping[str, Value]) -> Path:
    path = folder / "centre.toml"
    config = {"book": str(book_of(folder)), "broker": {"client_id": f"centre-{secrets.token_hex(4)}", **broker}}
    path.write_text("\n".join(toml_lines(config)) + "\n", "utf-8")
    return path


def write_band_keys(folder: Path, keys: Mapping[str, bytes]) -> Path:
    """What a maker of wristbands sends with them: device,key_hex."""
    path = folder / "bands.csv"
    path.touch(mode=0o600)
    path.write_text("".join(["device,key_hex\n", *(f"{device},{key.hex()}\n" for device, key in keys.items())]))
    return path


def new_staff() -> list[Member]:
    return [Member(id_, name, role, f"{secrets.randbelow(10**6):06d}") for id_, name, role in STAFF]


def book_of(folder: Path) -> Path:
    return folder / "centre" / "book.sqlite"


def journal_of(folder: Path) -> Path:
    return folder / "gateway" / "journal.db"


def toml_lines(table: Mapping[str, Value], under: str = "") -> list[str]:
    """A table as TOML: its values first, then the tables in it."""
    lines, inner = [], []
    for key, value in table.items():
        where = f"{under}.{key}" if under else key
        if isinstance(value, Mapping):
            inner += ["", f"[{where}]", *toml_lines(value, where)]
        elif isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
            for each in value:
                inner += ["", f"[[{where}]]", *toml_lines(each, where)]
        else:
            # a JSON string, number, truth value or list of them is one in TOML as well, DEL excepted
            said = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
            lines.append(f"{key} = {said}")
    return lines + inner
