"""What an address calls the gateway in; whether it is one of its names out. Pure.

Whoever owns a public name may point it at this gateway (DNS rebinding): a page of theirs, open in a browser in the
guard house, is then of the same origin as ours, and could press the fire button or guess PINs from outside. So where
the settings name none, only such names are answered to that nobody outside can own: addresses in numbers, names without
a dot, and those that are in no public DNS (RFC 6761, RFC 6762, RFC 8375; .lan, .home and .localdomain are delegated to
nobody).
"""

import re
from collections.abc import Collection
from ipaddress import ip_address

NOT_PUBLIC = ("local", "lan", "home", "localdomain", "internal", "home.arpa", "localhost", "test")
_PORT = re.compile(r":\d+$", re.ASCII)


def is_ours(host: str, named: Collection[str]) -> bool:
    """`host`: name and port in lower case; `named`: the names of the settings in lower case, empty where there are
    none."""
    name = _PORT.sub("", host)
    if named:
        return name in named or name.strip("[]") in named
    return bool(name) and ("." not in name.strip(".") or _ends_here(name) or _is_number(name))


def _ends_here(name: str) -> bool:
    return name.rstrip(".").endswith(tuple(f".{last}" for last in NOT_PUBLIC))


def _is_number(name: str) -> bool:
    try:
        ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
