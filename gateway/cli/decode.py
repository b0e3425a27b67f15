"""`menshen decode FILE...`: pictures and clips in, a line `FILE<TAB>TEXT` for each code in them out.

An installer's tool: does this camera's picture hold a code that can be read, and what is in it? Nothing is judged here.
"""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer
from msgspec import Struct
from rich.console import Console
from rich.progress import Progress

from devices.links.capture import Capture, CaptureError
from devices.picture_files import Still, still_in
from devices.qr_glancing import Glancer
from devices.qr_reading import EVERYTHING, read_codes

LARGEST_STILL = 64 << 20  # bytes; what is larger can only be a clip, and is not read into memory
BLIND_EVERY = 3  # a clip may take its time: look harder at one frame in so many

_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

Advance = Callable[[int | None], None]  # called for each frame of a clip, with the number of all if it is known


class Found(Struct, frozen=True):
    """The texts of one file, each once; why it could not be read, if so."""

    texts: tuple[str, ...] = ()
    error: str | None = None


def codes_in(path: Path, advance: Advance = lambda count: None) -> Found:
    """Read one file. A torn picture is unreadable unless a code can be read in what is left of it."""
    try:
        if path.is_dir():
            return Found(error="is a directory")
        if not path.is_file():
            return Found(error="is not a file" if path.exists() else "no such file")
        size = path.stat().st_size
        with _libraries_silenced():
            still = still_in(path.read_bytes()) if 0 < size <= LARGEST_STILL else None
    except OSError as exc:
        return Found(error=exc.strerror or "cannot be read")
    except ValueError:  # a name with a NUL in it
        return Found(error="no such file")
    if not size:
        return Found(error="is empty")
    if still is None:
        return _codes_in_clip(path, advance)
    texts = _codes_in_still(still)
    if still.moving:
        texts = tuple(dict.fromkeys(texts + _codes_in_clip(path, advance).texts))
    return Found(texts, error="is cut off" if still.torn and not texts else None)


def _codes_in_still(still: Still) -> tuple[str, ...]:
    return next((texts for view in still.views if (texts := read_codes(view, EVERYTHING))), ())


def _codes_in_clip(path: Path, advance: Advance) -> Found:
    glancer, texts, readable = Glancer(BLIND_EVERY), dict[str, None](), 0
    try:
        with Capture(os.fspath(path.absolute())) as clip:
            while (frame := clip.grab()) is not None:
                advance(clip.frame_count)
                gray = frame.gray()
                if gray is not None:
                    readable += 1
                    texts |= dict.fromkeys(glancer.read(gray))
    except CaptureError:
        readable = 0
    return Found(tuple(texts), error=None if readable else "holds no picture that can be read")


def decode_command(files: list[Path], *, as_json: bool = False, out: TextIO, err: TextIO) -> int:
    """Print what is in each file; 1 if one of them could not be read, else 0."""
    failed = False
    for path in files:
        with _progress(path, err) as advance:
            found = codes_in(path, advance)
        if found.error is not None:
            failed = True
            _write(err, f"menshen decode: {_name(path, out)}: {found.error}")
        for line in _json_lines(path, found) if as_json else _lines(path, found, out):
            _write(out, line)
    return int(failed)


def _lines(path: Path, found: Found, out: TextIO) -> Iterator[str]:
    if found.error is None:
        for text in found.texts or ("",):
            yield f"{_name(path, out)}\t{_shown(text, out)}"


def _json_lines(path: Path, found: Found) -> Iterator[str]:
    yield json.dumps({"file": str(path), "texts": found.texts, "error": found.error}, ensure_ascii=True)


def _name(path: Path, out: TextIO) -> str:
    return _shown(str(path), out)


def _shown(text: str, out: TextIO) -> str:
    """On one line; for a terminal also without the control characters by which a code could command it."""
    text = text.translate(_ESCAPES)
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text) if out.isatty() else text


def _write(stream: TextIO, line: str) -> None:
    """One line in UTF-8, whatever the locale is; a file name that is no UTF-8 goes out as it came in."""
    stream.flush()
    raw = getattr(stream, "buffer", None)
    if raw is None:
        stream.write(line + "\n")
    else:
        raw.write(line.encode("utf-8", "surrogateescape") + b"\n")
    stream.flush()


@contextmanager
def _libraries_silenced() -> Iterator[None]:
    """libjpeg and libpng write their own words to descriptor 2; what is wrong with a file is said once, by us."""
    try:
        kept = os.dup(2)
    except OSError:  # closed by whoever called: nobody hears them anyway
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


@contextmanager
def _progress(path: Path, err: TextIO) -> Iterator[Advance]:
    """A bar for a clip, on a terminal only."""
    if not err.isatty():
        yield lambda count: None
        return
    with Progress(console=Console(file=err), transient=True) as bar:
        task = bar.add_task(_shown(path.name, err).replace("[", "\\["), total=None, visible=False)
        yield lambda count: bar.update(task, advance=1, total=count, visible=True)


def decode(
    files: Annotated[list[Path], typer.Argument(help="Pictures and clips.", metavar="FILE...")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object for each file.")] = False,
) -> None:
    """Print FILE<TAB>TEXT for each QR code in these pictures and clips; FILE<TAB> where there is none."""
    try:
        code = decode_command(files, as_json=as_json, out=sys.stdout, err=sys.stderr)
    except BrokenPipeError:  # `menshen decode ... | head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    raise typer.Exit(code)


if __name__ == "__main__":
    typer.run(decode)
