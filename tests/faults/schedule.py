"""Kills at random moments while events flow. The seed makes the schedule, never the outcome."""

import asyncio
import os
import random
import signal
from pathlib import Path

from tests.works import Account, Works, works

VICTIMS = ("gateway", "broker", "centre")


async def kills(
    folder: Path, *, gateway: int, broker: int, centre: int, rate: float, seed: int
) -> tuple[Works, Account]:
    """Feed `rate` events a second and kill -9 each victim so many times; then let everything arrive and compare."""
    choice = random.Random(seed)
    plan = ["gateway"] * gateway + ["broker"] * broker + ["centre"] * centre
    choice.shuffle(plan)
    async with works(folder, snapshot_every=500) as w:
        feeding = asyncio.create_task(w.feed(3600.0, rate), name="feed")
        for victim in plan:
            await asyncio.sleep(choice.uniform(0.3, 1.3))
            match victim:
                case "gateway":
                    w.gateway.kill()
                    w.gateway.start()
                case "broker":
                    w.broker.kill()
                    await asyncio.sleep(choice.uniform(0.0, 0.5))
                    w.broker.start()
                case _:
                    w.centre.kill()
                    w.centre.start()
        await asyncio.sleep(1.0)
        feeding.cancel()
        await asyncio.wait([feeding])
        await w.settle()
        return w, w.account()


async def freeze(folder: Path, *, seconds: float, rate: float) -> tuple[Works, Account]:
    """The broker is stopped (SIGSTOP), as a link that goes silent without a word; then it is killed and comes back."""
    async with works(folder) as w:
        feeding = asyncio.create_task(w.feed(3600.0, rate), name="feed")
        await asyncio.sleep(1.0)
        process = w.broker.process
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        w.broker.kill()
        w.broker.start()
        await asyncio.sleep(1.0)
        feeding.cancel()
        await asyncio.wait([feeding])
        await w.settle()
        return w, w.account()
