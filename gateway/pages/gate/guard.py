"""Decisions in, the guard's screen out; a guard's ruling in, an order out."""

from datetime import timedelta
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from gateway.compound import Direction, Lane
from gateway.findings import Verdict
from gateway.orders.every import GuardRuled, RulingUndone
from gateway.pages.desk import Desk, Visit, Visiting, order_id, pressed
from gateway.pages.feed import CLOCK, DECISIONS, DUTY, EVERYTHING
from gateway.pages.forms import read_fields
from gateway.pages.gate.couriers import courier_fragment
from gateway.pages.gate.look import looked_fragment
from gateway.pages.gate.patrol import PATROL_MINUTES
from gateway.pages.gate.recent import Numbered
from gateway.pages.gate.voice import recordings
from gateway.pages.live import stream
from gateway.pages.page import page, said
from gateway.pages.texts.common import REASONS_TO_ADMIT, texts, why_words
from gateway.passes.gate_pass import Kind as Holder
from gateway.plain_text import clean
from gateway.words.catalogue import DIRECTIONS, VERDICTS, holder_words
from gateway.words.reasons import REASONS, next_step

router = APIRouter()

RULING_WAITS = timedelta(minutes=10)  # after that the person is long gone, and the buttons with them
UNDO_WITHIN = timedelta(seconds=30)  # as the house's own rule has it (gateway/rules/undo.py), which has the last word
COURIER_COMES_AGAIN = timedelta(hours=2)
LONGEST_REASON = 80
MOST_BELOW = 10  # who wait for a ruling, though twenty others came since


def waiting(desk: Desk, lane: str) -> list[Numbered]:
    """Who waits for a ruling at a lane, or at any for an empty one; the newest first."""
    now = desk.now()
    return [asked for asked in desk.feed.recent.unruled(lane) if now - asked.decision.at < RULING_WAITS]


def undoable(desk: Desk, ruled: Numbered) -> bool:
    return desk.feed.recent.can_be_undone(ruled) and desk.now() - ruled.decision.at < UNDO_WITHIN


def may_come_again(desk: Desk, admitted: Numbered) -> bool:
    """A courier whose pass was good a while ago, and who stands there with the next parcel."""
    found = admitted.decision
    return (
        found.holder == Holder.COURIER
        and found.verdict is Verdict.ADMIT
        and found.direction is not Direction.OUT
        and desk.now() - found.at < COURIER_COMES_AGAIN
        and not desk.feed.recent.was_answered(admitted)
    )


def lane_asked(desk: Desk, request: Request) -> str:
    """The lane of the address, empty for all of them."""
    lane = request.query_params.get("lane", "")
    if lane and lane not in desk.house.shown.places.lanes:
        raise HTTPException(404)
    return lane


def guard_fragments(visit: Visit, lane: str) -> dict[str, str]:
    """The last decision, and the last twenty. Who may not rule is shown no buttons, and no flats."""
    desk = visit.desk
    rules = visit.may("POST", "/guard/rule")
    places = desk.house.shown.places
    recent = desk.feed.recent.last(lane)
    pending = waiting(desk, lane)
    recent += [asked for asked in pending if asked not in recent][:MOST_BELOW]
    again = [each for each in recent if rules and may_come_again(desk, each)]
    undo = [ruled for ruled in recent if rules and undoable(desk, ruled)]
    values = {
        "rules": rules,
        "recent": recent,
        "pending": pending,
        "undo": undo,
        "again": again,
        "undo_seconds": int(UNDO_WITHIN.total_seconds()),
        "places": places,
        "lane": places.lanes.get(lane),
        "now": visit.desk.now(),
        "zone": desk.zone(),
        "name_of": desk.name_of,
        "path": desk.path,
        "VERDICTS": VERDICTS,
        "REASONS": REASONS,
        "DIRECTIONS": DIRECTIONS,
        "OUT": Direction.OUT,
        "holder_words": holder_words,
        "next_step": next_step,
        "recordings": recordings,
        "reasons_to_admit": REASONS_TO_ADMIT,
    }
    today = desk.now().astimezone(desk.zone()).date()  # an hour of yesterday is written with its day
    version = (desk.feed.version(DECISIONS), len(recent), len(pending), len(undo), len(again), today)

    def fragment(name: str) -> str:
        return desk.fragments.get(
            (name, lane, visit.lang, rules),
            version,
            visit.token,
            lambda token: desk.renderer.render(name, visit.lang, token=token, **values),
        )

    return {
        "decision": fragment("_decision.html"),
        "history": fragment("_history.html"),
        **duty_fragments(visit, lane),
    }


def duty_fragments(visit: Visit, lane: str) -> dict[str, str]:
    """What changes by the hour, and by what others do: who is overdue inside."""
    looked = {"looked": looked_fragment(visit, lane)}
    return looked | ({"couriers": courier_fragment(visit, lane)} if visit.may("POST", "/guard/courier") else {})


@router.get("/guard")
async def guard(request: Request, visit: Visiting) -> Response:
    lane = lane_asked(visit.desk, request)
    lanes: list[Lane] = list(visit.desk.house.shown.places.lanes.values())
    return page(
        visit,
        "guard.html",
        "/guard",
        lanes=lanes,
        lane=lane,
        scan_lane=lane or (lanes[0].id if len(lanes) == 1 else ""),
        places=visit.desk.house.shown.places,
        fragments=guard_fragments(visit, lane),
        rules=visit.may("POST", "/guard/rule"),
        may_look=visit.may("POST", "/look"),
        reasons_to_admit=REASONS_TO_ADMIT,
        order=order_id(),
        patrol_minutes=PATROL_MINUTES,
        DIRECTIONS=DIRECTIONS,
    )


@router.get("/live/guard")
async def live_guard(request: Request, visit: Visiting) -> Response:
    lane = lane_asked(visit.desk, request)

    async def fragments(changed: set[str]) -> dict[str, str]:
        if changed & {DECISIONS, EVERYTHING}:
            return guard_fragments(visit, lane)
        return duty_fragments(visit, lane) if changed & {DUTY, CLOCK} else {}

    return stream(visit, lambda topic: topic in (DECISIONS, DUTY), fragments)


@router.post("/guard/rule")
async def rule(request: Request, visit: Visiting) -> Response:
    """`ruling` is "admit:reason" or "refuse:reason"; free words in `other` go before a button's reason."""
    fields = await read_fields(request)
    lane = visit.desk.house.shown.places.lanes.get(fields.raw("lane"))
    verb, _, reason = fields.raw("ruling").partition(":")
    if lane is None or verb not in ("admit", "refuse"):
        raise HTTPException(400, "ruling")
    if verb == "refuse" and lane.direction is Direction.OUT:
        raise HTTPException(400, "nobody is kept in")
    reason = clean(fields.raw("other")) or clean(reason)
    if not reason or len(reason) > LONGEST_REASON:
        raise HTTPException(400, "other")
    number = fields.number("decision", 1, 999_999_999) if fields.raw("decision") else None
    result = await visit.desk.order(
        GuardRuled(
            id=pressed(fields),
            at=visit.desk.now(),
            by=visit.member.id,
            lane=lane.id,
            admit=verb == "admit",
            reason=reason,
            decision=number,
        )
    )
    done = "rule_again" if result.again and number is None else "rule_done"  # by hand: it may be the next person's
    text = texts(visit.lang)[done] if result.done else why_words(result.why, visit.lang)
    return said(
        visit, text, "/guard?" + urlencode({"lane": lane.id}) if fields.raw("stay") else "/guard", good=result.done
    )


@router.post("/guard/undo")
async def undo(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    number = fields.number("decision", 1, 999_999_999)
    result = await visit.desk.order(
        RulingUndone(id=pressed(fields), at=visit.desk.now(), by=visit.member.id, decision=number)
    )
    text = texts(visit.lang)["undo_done"] if result.done else why_words(result.why, visit.lang)
    return said(visit, text, "/guard", good=result.done)
