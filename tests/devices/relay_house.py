"""A house of one relay, for tests that kill it: opens its port, switches it on for an hour, and waits.

python -m tests.devices.relay_house PORT
"""

import asyncio
import sys

from devices.driver import NoKeys, Output
from devices.reading import OutputSeen, Reading
from devices.usb_relay import DRIVER, UsbRelaySettings
from devices.watch import HouseClock, Watch


async def main(port: str) -> None:
    off = asyncio.Event()

    async def deliver(reading: Reading) -> None:
        if reading.seen == OutputSeen(on=False):
            off.set()

    watch = Watch("relay", DRIVER, UsbRelaySettings(port=port, answers=True), NoKeys(), deliver, HouseClock())
    running = asyncio.create_task(watch.run())
    await off.wait()
    watch.act(Output("relay", True, 3600.0))
    await running


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
