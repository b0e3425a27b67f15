"""A CSV or XLSX file in, number and cells of each row out: the reader of the register, its faults as one line."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from gateway.registry.roll_files import MOST_BYTES, rows_of
from gateway.roll.faults import Unreadable
from gateway.words.language import Lang


def table_in(file: Path) -> Iterator[tuple[int, Sequence[str]]]:
    """Raises ValueError with what is wrong, OSError."""
    with file.open("rb") as handle:
        data = handle.read(MOST_BYTES + 1)
    try:
        yield from rows_of(data)
    except Unreadable as exc:
        place = f"{file}:{exc.fault.row}" if exc.fault.row else str(file)
        raise ValueError(f"{place}: {exc.fault.words(Lang.EN)}") from exc
