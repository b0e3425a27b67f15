"""The shift at a gate in, what was counted and what is open out; begin, hand over, take over, end: orders out."""

import asyncio
import hashlib
from collections.abc import Mapping
from functools import partial
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from gateway.findings_shifts import OpenMatters, Shift, ShiftStage, Tally
from gateway.kinds import Kind
from gateway.orders.every import Order
from gateway.orders.shifts import ShiftBegun, ShiftEnded, ShiftHandedOver
from gateway.pages.access import AUDIENCE, Role
from gateway.pages.desk import Desk, Visit, Visiting
from gateway.pages.feed import ALERTS, CLOCK, DECISIONS, DUTY, EVERYTHING
from gateway.pages.forms import read_fields
from gateway.pages.gate.guard import waiting
from gateway.pages.gate.shift_sheet import TALLY, sheet_pdf
from gateway.pages.live import stream
from gateway.pages.page import page, said
from gateway.pages.texts.common import texts, why_words
from gateway.shifts import open_matters, total
from gateway.words.kinds import KINDS

router = APIRouter()

LONGEST_NOTE = 200
LONGEST_ID = 64
MOST_SHEETS = 8


def gate_asked(visit: Visit, request: Request) -> str:
    """The gate of the address; else the one whose shift is the visitor's, else the first."""
    shown = visit.desk.house.shown
    asked = request.query_params.get("gate", "")
    if asked and asked not in shown.places.gates:
        raise HTTPException(404)
    mine = (gate for gate, shift in shown.shifts.items() if shift.by == visit.member.id)
    return asked or next(mine, "") or next(iter(shown.places.gates), "")


def matters_of(desk: Desk, gate: str) -> OpenMatters:
    """As the house would write them on the sheet now."""
    shown = desk.house.shown
    lanes = [lane.id for lane in shown.places.gates[gate].lanes]
    return open_matters(
        compound=shown.places.gates[gate].compound,
        now=desk.now(),
        alerts=shown.alerts.values(),
        couriers=shown.couriers,
        overdue_seconds=shown.limits.courier_overdue_seconds,
        referrals=sum(len(waiting(desk, lane)) for lane in lanes),
        silent=shown.silent,
    )


def seen_by(role: Role, counts: Mapping[str, int]) -> dict[Kind, int]:
    """Those kinds of alerts a role has to know of."""
    return {kind: counts[kind] for kind in Kind if kind in counts and role in AUDIENCE[kind]}


def shift_fragment(visit: Visit, gate: str) -> dict[str, str]:
    desk = visit.desk
    shown = desk.house.shown
    running: Shift | None = shown.shifts.get(gate)
    matters = matters_of(desk, gate)
    counted = running.lanes if running is not None else {}
    raised = seen_by(visit.role, running.raised if running is not None else {})
    still = seen_by(visit.role, matters.alerts)
    html = desk.renderer.render(
        "_shift.html",
        visit.lang,
        token=visit.token,
        order=partial(_order_id, visit, gate),
        gate=gate,
        shift=running,
        by=desk.name_of(running.by) if running is not None else "",
        mine=running is not None and running.by == visit.member.id,
        lanes=[(lane, counted.get(lane.id, Tally())) for lane in shown.places.gates[gate].lanes],
        total=total(running) if running is not None else Tally(),
        tally=TALLY,
        matters=matters,
        alerts=[(KINDS[kind], raised.get(kind, 0), still.get(kind, 0)) for kind in Kind if kind in raised | still],
        pending=desk.house.status().backlog,
        sheets=[sheet for sheet in reversed(shown.sheets.values()) if sheet.shift.gate == gate][:MOST_SHEETS],
        stages=ShiftStage,
        name_of=desk.name_of,
        path=desk.path,
        now=desk.now(),
        zone=desk.zone(),
    )
    return {"shift": html}


def _order_id(visit: Visit, gate: str, form: str) -> str:
    """The same form of the same shift, sent twice, is one order; and the page stays the same while nothing happens."""
    shown = visit.desk.house.shown
    running = shown.shifts.get(gate)
    now = f"{running.id} {running.handed_at}" if running is not None else next(reversed(shown.sheets), "")
    return hashlib.sha256(f"{visit.token} {gate} {now} {form}".encode()).hexdigest()[:32]


@router.get("/shift")
async def shift(request: Request, visit: Visiting) -> Response:
    gate = gate_asked(visit, request)
    gates = list(visit.desk.house.shown.places.gates.values())
    fragments = shift_fragment(visit, gate) if gate else {"shift": ""}
    return page(visit, "shift.html", "/shift", gate=gate, gates=gates, fragments=fragments)


@router.get("/live/shift")
async def live_shift(request: Request, visit: Visiting) -> Response:
    gate = gate_asked(visit, request)
    topics = {DECISIONS, ALERTS, DUTY}

    async def fragments(changed: set[str]) -> dict[str, str]:
        known = gate in visit.desk.house.shown.places.gates
        return shift_fragment(visit, gate) if known and changed & (topics | {CLOCK, EVERYTHING}) else {}

    return stream(visit, lambda topic: topic in topics, fragments)


@router.post("/shift/begin")
async def begin(request: Request, visit: Visiting) -> Response:
    """With `takes`, that is the shift that was handed over: whoever is logged in here takes it."""
    fields = await read_fields(request)
    gate, takes = fields.text("gate", LONGEST_ID), fields.text("takes", LONGEST_ID, needed=False)
    order = ShiftBegun(id=fields.order_id(), at=visit.desk.now(), by=visit.member.id, gate=gate, takes=takes)
    return await _answer(visit, order, "shift_begun_done", gate)


@router.post("/shift/hand")
async def hand(request: Request, visit: Visiting) -> Response:
    """`what`: hand it over, or end it with nobody to take it."""
    fields = await read_fields(request)
    gate, what = fields.text("gate", LONGEST_ID), fields.one_of("what", ("hand_over", "end"))
    kind = ShiftHandedOver if what == "hand_over" else ShiftEnded
    order = kind(
        id=fields.order_id(),
        at=visit.desk.now(),
        by=visit.member.id,
        gate=gate,
        shift=fields.text("shift", LONGEST_ID),
        note=fields.text("note", LONGEST_NOTE, needed=False),
        pending=visit.desk.house.status().backlog,
    )
    return await _answer(visit, order, "shift_handed_done" if what == "hand_over" else "shift_ended_done", gate)


async def _answer(visit: Visit, order: Order, done: str, gate: str) -> Response:
    result = await visit.desk.order(order)
    text = texts(visit.lang)[done] if result.done else why_words(result.why, visit.lang)
    return said(visit, text, "/shift?" + urlencode({"gate": gate}), good=result.done)


@router.get("/shift/sheet")
async def sheet(request: Request, visit: Visiting) -> Response:
    """The page of PDF of a shift that was handed over, taken or ended."""
    desk = visit.desk
    shown = desk.house.shown
    found = shown.sheets.get(request.query_params.get("shift", ""))
    if found is None:
        return RedirectResponse("/shift", 303)  # so long ago that it is no longer kept
    audience = [kind for kind, roles in AUDIENCE.items() if visit.role in roles]
    async with desk.photo_reading:  # a second of a core: one at a time, as with photos
        made = await asyncio.to_thread(
            sheet_pdf, found, lang=visit.lang, places=shown.places, zone=desk.zone(), audience=audience
        )
    name = f"shift-{found.shift.begun_at.astimezone(desk.zone()):%Y%m%d-%H%M}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return Response(made, media_type="application/pdf", headers=headers)
