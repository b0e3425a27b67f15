"""A condition that comes true elsewhere (a device file, another process) in; back when it holds."""

import asyncio
from collections.abc import Callable
from typing import Final

LOOK_SECONDS: Final = 0.05


async def until(holds: Callable[[], bool]) -> None:
    """Look again and again. Put an asyncio.timeout around it where it may never come true."""
    while not holds():  # noqa: ASYNC110 - nobody can set an event for what happens outside of this process
        await asyncio.sleep(LOOK_SECONDS)
