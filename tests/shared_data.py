"""Where the third-party cases are, and the QR ones among them; a test that needs them skips where they are missing."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

_UNESCAPED = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\"}


def folder(name: str) -> Path | None:
    root = os.environ.get("MENSHEN_SHARED_DATA")
    path = (Path(root) if root else Path(__file__).resolve().parents[2] / "shared" / "data") / name
    return path if path.is_dir() else None


def folder_or_skip(name: str) -> Path:
    found = folder(name)
    if found is None:
        pytest.skip(f"no third-party cases: ../shared/data/{name} is missing (or set MENSHEN_SHARED_DATA)")
    return found


def qr_pictures(qr: Path) -> Iterator[tuple[Path, str]]:
    """Each picture with the text in it, "" where there is none."""
    for line in (qr / "truth.tsv").read_text("utf-8").split("\n"):
        if line:
            name, _, text = line.partition("\t")
            yield qr / name, unescaped(text)


def qr_clip_texts(qr: Path) -> dict[str, set[str]]:
    """The texts seen in each clip."""
    texts: dict[str, set[str]] = {path.name: set() for path in (qr / "video").glob("*.mp4")}
    for line in (qr / "video" / "truth.tsv").read_text("utf-8").splitlines()[1:]:
        name, text, *_ = line.split("\t")
        texts[name].add(unescaped(text))
    return texts


def unescaped(text: str) -> str:
    parts = text.split("\\")
    out, rest = [parts[0]], iter(parts[1:])
    for part in rest:
        if part:
            out.append(_UNESCAPED.get(part[0], "\\" + part[0]) + part[1:])
        else:  # "\\\\": a backslash, and what follows it is as it stands
            out.append("\\" + next(rest, ""))
    return "".join(out)


def same_text(read: str, truth: str) -> bool:
    """The truth files of the public sets have bare line feeds and no blanks at the end, whatever the code has."""
    return read.replace("\r\n", "\n").strip() == truth.replace("\r\n", "\n").strip()
