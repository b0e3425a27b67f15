"""`menshen cards read`: a card held to a reader in, what that reader says of it out, for `--known`.

The only place where a number is said out loud: to the one who stands at the reader with the card in hand, while the
house is closed, for the port is its own.
"""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from devices.driver import LinkLost, NoKeys, Reply
from devices.reading import CardSeen
from gateway.cli.plainly import speaking_plainly
from gateway.cli.plan import CONFIG_OPTION, read_plan
from gateway.config.plan import LinkPlan
from gateway.passes.cards import Reading


def read_cards(
    link: Annotated[str, typer.Argument(help="Name of the reader's link in menshen.toml.")],
    config: Annotated[Path, CONFIG_OPTION],
    count: Annotated[int, typer.Option(help="How many cards.", min=1)] = 2,
    wait: Annotated[float, typer.Option(help="Seconds to wait for each.", min=0.1)] = 60.0,
) -> None:
    """Show what a reader says of cards held to it, one BITS:HEX a line. The house must be closed."""
    with speaking_plainly():
        plan = read_plan(config)
        found = next((each for each in plan.links if each.name == link), None)
        if found is None:
            raise ValueError(f"no link {link!r}; there are {', '.join(each.name for each in plan.links)}")
        try:
            asyncio.run(_read(found, count, wait))
        except (TimeoutError, LinkLost) as exc:
            raise ValueError(f"{link}: {exc or 'no card was held to it'}") from exc


async def _read(plan: LinkPlan, count: int, wait: float) -> None:
    decoder = plan.driver.decoder(plan.settings, NoKeys())
    seen: set[CardSeen] = set()
    async with plan.driver.open_link(plan.settings) as link, asyncio.timeout(wait) as limit:
        typer.echo("hold a card to the reader", err=True)
        async for chunk in link:
            for said in decoder.feed(chunk):
                if isinstance(said, Reply):
                    link.send(said.data)
                elif isinstance(said.seen, CardSeen) and said.seen not in seen:
                    seen.add(said.seen)
                    typer.echo(f"{said.seen.bits}:{said.seen.value:x}")
                    limit.reschedule(asyncio.get_running_loop().time() + wait)
            if len(seen) >= count:
                return


def known_card(typed: str) -> tuple[Reading, str]:
    """BITS:HEX=PRINTED as a reading and what is printed. Raises ValueError."""
    read, _, printed = typed.partition("=")
    bits, _, value = read.partition(":")
    if not printed or not bits.isdecimal() or int(value, 16) >> int(bits):
        raise ValueError(f"{typed!r}: write BITS:HEX=PRINTED, as 26:25416F=018,41143")
    return Reading(int(bits), int(value, 16)), printed
