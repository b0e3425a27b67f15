"""What others wrote is here byte for byte, with its licence, and no page asks for anything from elsewhere."""

import hashlib
import json
import re
from importlib.resources import files
from importlib.resources.abc import Traversable

STATIC = files("gateway.pages") / "static"
LOCK = json.loads((STATIC / "vendor" / "lock.json").read_text("utf-8"))


def walk(folder: Traversable, prefix: str = "") -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for entry in folder.iterdir():
        if entry.is_dir():
            found |= walk(entry, f"{prefix}{entry.name}/")
        else:
            found[prefix + entry.name] = entry.read_bytes()
    return found


def test_every_vendored_file_is_the_one_of_its_package() -> None:
    expected = {name: digest for package in LOCK for name, digest in package["files"].items()}
    present = walk(STATIC / "vendor")
    present.pop("lock.json")
    assert {name: hashlib.sha256(content).hexdigest() for name, content in present.items()} == expected


def test_every_package_has_its_licence_beside_it() -> None:
    for package in LOCK:
        assert package["licence"] in ("0BSD", "MIT", "ISC AND MIT", "MIT AND Apache-2.0")
        assert any("LICENSE" in name for name in package["files"])
        assert package["source"].startswith("https://registry.npmjs.org/")


def test_the_decoder_and_its_javascript_are_of_one_version() -> None:
    """The JavaScript names the hash of the wasm it was built with; another one fails in ways nobody can explain."""
    javascript = (STATIC / "vendor" / "barcode" / "barcode-detector.js").read_text("utf-8")
    wasm = (STATIC / "vendor" / "barcode" / "zxing_reader.wasm").read_bytes()
    assert hashlib.sha256(wasm).hexdigest() in javascript
    [version] = [package["version"] for package in LOCK if package["package"] == "zxing-wasm"]
    assert f"zxing-wasm@{version}/" in javascript


def test_no_page_asks_for_anything_from_another_place() -> None:
    texts = {name: content for name, content in walk(STATIC).items() if not name.endswith(".mp3")}
    own = {name: content.decode() for name, content in texts.items() if not name.startswith("vendor/")}
    own |= {file.name: file.read_text("utf-8") for file in (files("gateway.pages") / "templates").iterdir()}
    for name, text in own.items():
        assert set(re.findall(r"https?://[^\s\"')]+", text)) <= {"http://www.w3.org/2000/svg"}, name
    for name in ("vendor/pico.min.css",):
        text = (STATIC / name).read_text("utf-8")
        assert not re.search(r"@import|url\((?!\"?data:)", text)
