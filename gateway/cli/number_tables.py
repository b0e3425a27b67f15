"""A CSV file in, number and cells of each row out, as spreadsheets in China write it: UTF-8 or GB18030."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

LARGEST = 8_000_000  # bytes


def rows_of(file: Path) -> Iterator[tuple[int, Sequence[str]]]:
    """Raises ValueError with what is wrong, OSError."""
    with file.open("rb") as handle:
        data = handle.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise ValueError(f"{file}: larger than {LARGEST // 1_000_000} MB")
    if data.startswith(b"PK\x03\x04") or data.startswith(b"\xd0\xcf\x11\xe0"):
        raise ValueError(f"{file}: a workbook; save it as CSV")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as exc:
        raise ValueError(f"{file}:{reader.line_num}: is not CSV: {exc}") from exc
