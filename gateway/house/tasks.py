"""Tasks of the house in, their good end out."""

import asyncio


async def cancelled(tasks: list[asyncio.Task[None]]) -> None:
    """End these tasks; a bug one of them ends with is the TaskGroup's to tell."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
