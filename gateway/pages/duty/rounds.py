"""Who is still to be called or knocked at in, a list to work down out; what came of each in, orders out."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway.orders.rounds import TaskAnswered
from gateway.pages.desk import Visit, Visiting, order_id
from gateway.pages.feed import EVERYTHING, ROUNDS
from gateway.pages.forms import read_fields
from gateway.pages.live import stream
from gateway.pages.page import page, said
from gateway.pages.texts.common import texts, why_words
from gateway.rounds import Outcome, Task, TaskKind, TaskState
from gateway.words.rounds import OUTCOMES, TASK_STATES, TASKS, WHYS_OF_TASKS

router = APIRouter()

ANSWERS: dict[TaskKind, tuple[Outcome, ...]] = {
    TaskKind.CALL: (Outcome.WELL, Outcome.UNWELL, Outcome.NO_ANSWER),
    TaskKind.KNOCK: (Outcome.WELL, Outcome.UNWELL, Outcome.NOT_AT_HOME),
}
MOST_LISTED = 300


def round_fragments(visit: Visit, wanted: str = "") -> dict[str, str]:
    """The tasks, most urgent first, and the figures of the last rounds. `wanted`: only calls, or only knocks."""
    desk = visit.desk
    shown = desk.house.shown
    tasks = sorted((task for task in shown.tasks.values() if wanted in ("", task.kind)), key=_urgency)
    html = desk.renderer.render(
        "_rounds.html",
        visit.lang,
        token=visit.token,
        tasks=tasks[:MOST_LISTED],
        wanted=wanted,
        kinds=[(kind, sum(task.kind is kind for task in shown.tasks.values())) for kind in TaskKind],
        more=max(0, len(tasks) - MOST_LISTED),
        figures=list(reversed(shown.round_figures.values())),
        path=desk.path,
        may_open_flat=visit.may("GET", "/flat"),
        now=desk.now(),
        zone=desk.zone(),
        ANSWERS=ANSWERS,
        OUTCOMES=OUTCOMES,
        TASKS=TASKS,
        TASK_STATES=TASK_STATES,
        WHYS=WHYS_OF_TASKS,
    )
    return {"rounds": html}


def _wanted(request: Request) -> str:
    """From the address; what is no word of ours means all."""
    said = request.query_params.get("kind", "")
    return said if said in set(TaskKind) else ""


def _urgency(task: Task) -> tuple[bool, object, str]:
    return task.state is not TaskState.OVERDUE, task.due, task.flat


@router.get("/rounds")
async def rounds(request: Request, visit: Visiting) -> Response:
    return page(visit, "rounds.html", "/rounds", fragments=round_fragments(visit, _wanted(request)))


@router.get("/live/rounds")
async def live_rounds(request: Request, visit: Visiting) -> Response:
    wanted = _wanted(request)

    async def fragments(changed: set[str]) -> dict[str, str]:
        return round_fragments(visit, wanted) if changed & {ROUNDS, EVERYTHING} else {}

    return stream(visit, lambda topic: topic == ROUNDS, fragments)


@router.post("/rounds/answer")
async def answer(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    result = await visit.desk.order(
        TaskAnswered(
            id=order_id(),
            at=visit.desk.now(),
            by=visit.member.id,
            task=fields.text("task", 200),
            outcome=fields.one_of("outcome", tuple(Outcome)),
            celsius=fields.celsius("celsius"),
            comment=fields.text("comment", 200, needed=False),
        )
    )
    text = texts(visit.lang)["task_done"] if result.done else why_words(result.why, visit.lang)
    return said(visit, text, "/rounds", good=result.done)
