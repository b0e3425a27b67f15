"""A request in, the house's answer out: of the running one by its side door, else of the closed one, opened briefly."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import typer

from gateway.cli.plan import box_of, refuse_root, registry_of
from gateway.config.plan import Plan
from gateway.house.house import House, open_house
from gateway.house.tasks import cancelled
from gateway.registry.registrar import Progress, Registrar, settle_memory
from gateway.registry.registry import Registry
from gateway.side_door import Answer, Reply, Request, answer, ask

Answers = Mapping[str, Answer]


@asynccontextmanager
async def registrar_of(house: House, registry: Registry) -> AsyncIterator[Registrar]:
    """The house's registrar, with everything in its book that the journal has; before the house's first entry."""
    plan = house.plan
    origins = frozenset(each.id for each in plan.config.homes.origins)
    async with box_of(plan) as box:
        box.hold()
        registrar = Registrar(registry, box, house.order, house.clock.now, lambda: house.shown.places, origins)
        await registrar.redo(house.journal)
        house.keeper.listen(registrar.committed)
        house.keeper.snapshots.before = registrar.settle
        house.forgetting.books.append(registrar.forget)
        registrar.forgetting = house.forgetting
        settle_memory()
        yield registrar
        await registrar.settle()


@asynccontextmanager
async def briefly(house: House) -> AsyncIterator[None]:
    """Open for orders alone, with nothing watched and nobody told: for a command while the house is closed."""
    house.begin()
    try:
        async with asyncio.TaskGroup() as tasks:
            journal = tasks.create_task(house.journal.watch())
            keeping = tasks.create_task(house.keeper.run())
            await house.keeper.settled()
            yield
            await cancelled([keeping])
            house.keeper.drain()
            await house.keeper.snapshots.last()
            await cancelled([journal])
    except BaseExceptionGroup as group:  # the command has one answer to one fault
        raise group.exceptions[0] from group


async def at_house(plan: Plan, request: Request, answers: Answers, progress: Progress) -> Reply:
    """Raises NotKept, JournalError, ConnectionError, DecodeError; ValueError where root may not open it."""
    reply = await ask(plan.config.gateway.data, request, progress)
    if reply is not None:
        return reply
    refuse_root(plan)
    async with registry_of(plan) as registry:
        registry.hold()
        async with open_house(plan) as house, registrar_of(house, registry) as registrar, briefly(house):
            return await answer(request, registrar, answers, progress)


def put_to_house(plan: Plan, request: Request, answers: Answers, progress: Progress) -> Reply:
    """For a command. Raises what `at_house` does."""
    return asyncio.run(at_house(plan, request, answers, progress))


def say(reply: Reply) -> None:
    """Its lines: what was done on stdout, what was wrong on stderr."""
    for line in reply.lines:
        typer.echo(line, err=not reply.done)
