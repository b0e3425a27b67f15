"""What is plugged in, in; menshen.toml of the small compound in a folder, out: 棕榈苑, its south gate, its building 3.

For tests that open a whole house, one for all of them. What belongs to a test (links, devices, limits, passes) it says
itself, in TOML; relative paths lie beside the file, and so do the house's own files, in `house`.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gateway.cli.demo_files import toml_lines

NAMES = {"in": "进", "out": "出", "south": "南门", "north": "北门"}


def lane(direction: str, **more: Any) -> dict[str, Any]:
    """`more`: output, open_seconds."""
    return {"id": direction, "name": NAMES[direction], "direction": direction, **more}


def gate(*lanes: dict[str, Any], name: str = "south", number: int = 1) -> dict[str, Any]:
    return {"id": name, "name": NAMES[name], "number": number, "lanes": list(lanes)}


def house_toml(
    folder: Path, more: str = "", *, gates: Iterable[dict[str, Any]] = (), flats: Iterable[str] = ("502",)
) -> Path:
    """The file. Left out, there is one gate with one lane in. `more`: further sections."""
    building = {"id": "3", "name": "3号楼", "flats": list(flats)}
    compound = {"id": "palm", "name": "棕榈苑", "gates": list(gates) or [gate(lane("in"))], "buildings": [building]}
    site = {
        "gateway": {"id": "palm-1", "data": "house"},
        "street": {"id": "nanyuan", "name": "南苑街道"},
        "compounds": [compound],
    }
    file = folder / "menshen.toml"
    file.write_text("\n".join((*toml_lines(site), more)), "utf-8")
    return file
