"""A flat whose code is to be another one in; the order, the registry's note of it, and what came of it out."""

from collections.abc import Mapping

from gateway.orders.codes import WindowCodeRenewed
from gateway.orders.every import OrderResult
from gateway.registry.registrar import Progress, Registrar
from gateway.registry.storage import NotKept
from gateway.side_door import Answer, Reply, Request


async def renew_code(registrar: Registrar, flat: str, by: str, order_id: str) -> OrderResult:
    """Journaled first; the same order twice gives the same code. Raises NotKept."""
    result = await registrar.order(WindowCodeRenewed(id=order_id, at=registrar.now(), by=by, flat=flat))
    if result.done:
        await registrar.keep_window_code(flat, order_id)
    return result


async def renew_line(request: Request, registrar: Registrar, progress: Progress) -> Reply:
    """One line of `menshen window renew`."""
    asked = request.fields["flat"]
    found = registrar.known().names.called(asked)
    if len(found) != 1:
        said = f"{asked!r} could be {len(found)} flats" if found else f"no flat {asked!r}"
        return Reply(lines=(f"refused: {said}",))
    try:
        result = await renew_code(registrar, found[0].id, request.by, request.fields["order"])
    except NotKept as exc:
        return Reply(lines=(f"refused: {exc}",))
    if not result.done:
        return Reply(lines=(f"refused: {result.why}",))
    return Reply(done=True, told={"flat": found[0].id})


WINDOW_ANSWERS: Mapping[str, Answer] = {"renew_window": renew_line}
