"""A list to take in, or the wish for one, in; what came of it out: for `menshen registry` and for the page alike."""

import secrets
from collections.abc import Mapping

from gateway.registry.registrar import Difference, Progress, Registrar, check_list
from gateway.registry.roll_files import csv_of, rows_of, table_of, xlsx_of
from gateway.registry.storage import NotKept
from gateway.roll.columns import COLUMNS, Column
from gateway.roll.faults import Fault, Unreadable
from gateway.roll.rows import Known, Roll, read_roll
from gateway.side_door import Answer, Reply, Request
from gateway.words.language import Lang, Tongue, Words

ROW = Words("第 {} 行", "row {}")
FILE = Words("文件", "file")
MORE = Words("还有 {} 处", "and {} more")
SUMMARY = Words(
    "{rows} 行，{flats} 户：新增 {new} 户，改动 {changed} 户，不变 {same} 户；"
    "新登记 {coming} 人，离开登记 {leaving} 人",
    "{rows} rows, {flats} flats: {new} new, {changed} changed, {same} as before; {coming} people come, {leaving} leave",
)


async def import_roll(request: Request, registrar: Registrar, progress: Progress) -> Reply:
    """All of the list or nothing of it; with `dry_run` only what it would change."""
    lang = request.lang
    try:
        roll, difference = await check_list(registrar, lambda known: roll_of(request.data, known))
    except Unreadable as exc:
        return Reply(lines=(fault_line(exc.fault, lang),), told={"faults": [fault_told(exc.fault)]})
    if roll.faults:
        lines = [fault_line(fault, lang) for fault in roll.faults]
        if roll.more_faults:
            lines.append(MORE.in_(lang).format(roll.more_faults))
        return Reply(lines=tuple(lines), told={"faults": [fault_told(fault) for fault in roll.faults]})
    told = summary(roll, difference)
    line = SUMMARY.in_(lang).format_map(told)
    if request.dry_run or not difference.changed:
        return Reply(done=True, lines=(line,), told=told)
    try:
        result = await registrar.take_in(difference.changed, request.by, progress)
    except NotKept as exc:
        return Reply(lines=(str(exc),), told=told)
    return Reply(done=result.done, lines=(line if result.done else result.why,), told=told)


async def export_roll(request: Request, registrar: Registrar, progress: Progress) -> Reply:
    """The whole registry as a file; that somebody had it is on record first."""
    result = await registrar.looked(request.by, "registry export")
    if not result.done:
        return Reply(lines=(result.why,))
    homes = list(registrar.all().values())
    rows = list(table_of(homes, request.lang))
    write = xlsx_of if request.fields.get("format") == "xlsx" else csv_of
    return Reply(done=True, data=write(rows, request.lang), told={"flats": len(homes), "rows": len(rows)})


ROLL_ANSWERS: Mapping[str, Answer] = {"import": import_roll, "export": export_roll}


def roll_of(data: bytes, known: Known) -> Roll:
    """Raises Unreadable."""
    return read_roll(rows_of(data), known, lambda: secrets.token_hex(8))


def summary(roll: Roll, difference: Difference) -> dict[str, object]:
    return {
        "rows": roll.rows,
        "flats": len(roll.households),
        "new": difference.new_flats,
        "changed": difference.changed_flats,
        "same": difference.same_flats,
        "coming": difference.coming,
        "leaving": len(difference.leaving),
    }


def where(fault: Fault, lang: Tongue) -> str:
    """Which row, which column."""
    row = ROW.in_(lang).format(fault.row) if fault.row else FILE.in_(lang)
    return f"{row}, {COLUMNS[Column(fault.column)].in_(lang)}" if fault.column else row


def fault_line(fault: Fault, lang: Tongue) -> str:
    return f"{where(fault, lang)}: {fault.words(lang)}"


def fault_told(fault: Fault) -> dict[str, object]:
    return {
        "row": fault.row,
        "column": str(fault.column),
        "wrong": str(fault.wrong),
        "said": fault.said,
        "zh": fault.words(Lang.ZH),
        "en": fault.words(Lang.EN),
    }
