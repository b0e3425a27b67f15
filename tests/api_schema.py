"""The app's routes in; an OpenAPI schema of what their code really reads, for fuzzing, out.

The pages read forms and addresses by themselves, so FastAPI knows no field of theirs, and in a house the schema is
switched off altogether. Here the names of fields are taken from the source of each route's module: a new field is
fuzzed from its first day.
"""

import ast
import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from hypothesis import strategies as st

from tests.gateway.pages.fake_house import make_site

READERS = frozenset({"raw", "text", "one_of", "number", "subject", "day", "hour", "get", "order_id"})
LIKELY = {  # what a browser would send, beside what nobody would
    "lane": ["east-1", "east-2", "west-1"],
    "flat": ["b1u1-502", "b2u1-601"],
    "building": ["b1", "b2"],
    "compound": ["xf"],
    "lang": ["zh", "en"],
    "order": ["0" * 32, "1" * 32],
    "last_day": ["2026-03-20"],
    "until": ["2026-03-12T18:00"],
    "subject": ["0123456789abcdef"],
    "ruling": ["admit:known_resident", "refuse:in_doubt"],
    "decision": ["1", "7"],
    "first_day": ["2026-03-12", "0001-01-01", "9999-12-31"],
    "starts": ["2026-03-12T15:00", "9999-12-31T23:59", "0001-01-01T00:00:00+14:00"],
    "opens": ["2026-03-12T15:00", "9999-12-31T23:59", "0001-01-01T00:00:00+14:00"],
    "days": ["1", "14"],
    "hours": ["8"],
    "minutes": ["30"],
    "purpose": ["food"],
    "ground": ["《传染病防治法》第三十九条"],
    "reason": ["released"],
    "quarantine": ["stay-1"],
    "alert": ["e/7"],
    "comment": ["", "rung twice"],
    "band": ["", "band-1"],
    "other": [""],
    "stay": ["", "yes"],
    "closing": ["test"],
    "severity": ["critical"],
    "role": ["guard", "chief", "volunteer"],
    "pin": ["2580", "0000"],
    "id": ["v1", "g2"],
    "name": ["g1", "张卫"],
    "next": ["/guard", "//evil.test/"],
    "code": ["MS1:HELLO"],
    "q": ["3-1-502"],
}
BIG = [make_site().street.compounds[0].buildings[0].units[0].flats[0].id, "9" * 4000, "\u202e\u0000", "٣", "1e9", "-1"]


def wild(name: str) -> dict[str, Any]:
    return {"anyOf": [{"type": "string"}, {"enum": [*LIKELY.get(name, []), *BIG]}]}


def honest(names: list[str]) -> st.SearchStrategy[dict[str, str]]:
    """What a browser with our page would send, of all names, of all but one, or of none: the rest is the fuzzer's."""
    all_of_them = st.fixed_dictionaries({name: st.sampled_from(LIKELY.get(name, ["x"])) for name in names})
    left_out = st.sampled_from([(), (), *((name,) for name in names), tuple(names)])
    return st.builds(
        lambda fields, out: {name: value for name, value in fields.items() if name not in out}, all_of_them, left_out
    )


def names_in(module: ModuleType) -> Iterator[str]:
    """Every name that code of this module asks a form or an address for."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READERS:
            first = node.args[0] if node.args else None
            if node.func.attr == "order_id":
                yield "order"
            if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value.isidentifier():
                yield first.value


def schema_of(app: FastAPI) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for route in app.routes:
        if not isinstance(route, APIRoute):
            continue
        module = inspect.getmodule(route.endpoint)
        assert module is not None
        names = sorted({*names_in(module), "lang"} - {"csrf"})
        fields = {name: wild(name) for name in names}
        for method in route.methods or ():
            operation: dict[str, Any] = {"responses": {"default": {"description": "any"}}, "x-names": names}
            if method == "POST":
                content = {"application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": fields}}}
                operation["requestBody"] = {"required": True, "content": content}
            else:
                operation["parameters"] = [{"in": "query", "name": name, "schema": fields[name]} for name in names]
            paths.setdefault(route.path, {})[method.lower()] = operation
    return {"openapi": "3.1.0", "info": {"title": "Menshen", "version": "0"}, "paths": paths}
