"""An XLSX file in; whether it is small enough for openpyxl to read, out: its elements are counted before it sees them.

openpyxl keeps a node for each row of a sheet and each shared string, blank ones too, as long as it reads: 63 kB of zip
with seven million `<row/>` took it a minute and 700 MB. expat alone counts as many in seconds, and keeps none.
"""

import zipfile
from typing import IO
from xml.parsers import expat

from gateway.roll.faults import Wrong

MOST_ELEMENTS = 2_000_000  # of all parts; 50,000 rows of nine cells, each with its text, are 1.4 million
MOST_KEPT = 400_000  # rows of a sheet or shared strings of one part: what stands no deeper than KEPT_DEPTH
KEPT_DEPTH = 3
MOST_IN_ONE = 100_000  # elements within one of those
MOST_DEPTH = 64
READ_AT_ONCE = 65_536


class _Refused(Exception):
    def __init__(self, wrong: Wrong) -> None:
        super().__init__(wrong)
        self.wrong = wrong


class _Counter:
    def __init__(self) -> None:
        self.elements = 0
        self._depth = self._kept = self._within = 0

    def count(self, part: IO[bytes]) -> None:
        """Raises _Refused; what is no XML is not read any further, as openpyxl would not."""
        self._depth = self._kept = self._within = 0
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._doctype
        try:
            while piece := part.read(READ_AT_ONCE):
                parser.Parse(piece, False)
        except expat.ExpatError:
            return

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self._depth += 1
        if self._depth <= KEPT_DEPTH:
            self._kept += 1
            self._within = 0
        else:
            self._within += 1
        if (
            self.elements > MOST_ELEMENTS
            or self._kept > MOST_KEPT
            or self._within > MOST_IN_ONE
            or self._depth > MOST_DEPTH
        ):
            raise _Refused(Wrong.TOO_LARGE)  # than any list of a compound

    def _end(self, name: str) -> None:
        self._depth -= 1

    def _doctype(self, *_: object) -> None:
        raise _Refused(Wrong.NOT_XLSX)  # no spreadsheet program writes one; entities in it expand without end


def refused(packed: zipfile.ZipFile) -> Wrong | None:
    """Why it is not to be read. Every part, whatever it is called: openpyxl follows names within the file.

    Raises zipfile's errors.
    """
    counter = _Counter()
    try:
        for part in packed.infolist():
            with packed.open(part) as opened:
                counter.count(opened)
    except _Refused as exc:
        return exc.wrong
    return None
