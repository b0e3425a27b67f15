"""`menshen privacy purge` and `erase` in, what went and what waits out; the house running or closed."""

import secrets
from collections.abc import Mapping

from msgspec import to_builtins

from gateway.events.retention import ContentsDeleted
from gateway.orders.privacy import PersonErased
from gateway.registry.registrar import Forgets, Progress, Registrar
from gateway.registry.storage import NotKept
from gateway.side_door import Answer, Reply, Request
from gateway.words.language import Tongue, Words

NO_HOUSE = Words("房屋册打不开，无法删除", "the registry cannot be read; nothing can be deleted")
WOULD = Words("到期 {} 条：{}", "{} contents are due: {}")
NOTHING = Words("没有到期的内容", "nothing is due")
RECEIPT = Words("回执 {id}：删除 {count} 条（{kinds}）", "receipt {id}: {count} contents deleted ({kinds})")
WAITS = Words(
    "还有 {} 条等中心确认；确认后自动删除，每十分钟再试一次",
    "{} records wait until the centre has confirmed them; they go by themselves then, tried every ten minutes",
)


async def purge(request: Request, registrar: Registrar, progress: Progress) -> Reply:
    """All that is due by now; with `dry_run` only how much that is."""
    if registrar.forgetting is None:
        return Reply(lines=(NO_HOUSE.in_(request.lang),))
    if request.dry_run:
        due = await registrar.forgetting.due_now()
        said = WOULD.in_(request.lang).format(sum(due.values()), _kinds(due)) if due else NOTHING.in_(request.lang)
        return Reply(done=True, lines=(said,), told={"due": due})
    receipts = await registrar.forgetting.in_time(request.by)
    return _reply(receipts, request.lang)


async def erase(request: Request, registrar: Registrar, progress: Progress) -> Reply:
    """One person; refused with words for it where something must stay."""
    if registrar.forgetting is None:
        return Reply(lines=(NO_HOUSE.in_(request.lang),))
    try:
        return await erase_person(
            registrar.forgetting,
            registrar,
            request.fields["subject"],
            request.by,
            request.fields["reason"],
            request.lang,
        )
    except (NotKept, KeyError) as exc:
        return Reply(lines=(str(exc),))


async def erase_person(
    forgetting: Forgets, registrar: Registrar, subject: str, by: str, reason: str, lang: Tongue, order: str = ""
) -> Reply:
    """For the command and for the page. Raises NotKept."""
    result, receipts = await forgetting.erase(
        PersonErased(id=order or secrets.token_hex(16), at=registrar.now(), by=by, subject=subject, reason=reason)
    )
    if not result.done:
        return Reply(lines=(result.why,), told={"receipts": []})
    return _reply(receipts, lang)


PRIVACY_ANSWERS: Mapping[str, Answer] = {"purge": purge, "erase": erase}


def _reply(receipts: list[ContentsDeleted], lang: Tongue) -> Reply:
    lines = []
    for each in receipts:
        lines.append(RECEIPT.in_(lang).format(id=each.id, count=each.count, kinds=_kinds(each.kinds)))
        if each.left:
            lines.append(WAITS.in_(lang).format(each.left))
    told: dict[str, object] = {"receipts": [to_builtins(each) for each in receipts]}
    return Reply(done=True, lines=tuple(lines or [NOTHING.in_(lang)]), told=told)


def _kinds(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in counts.items())
