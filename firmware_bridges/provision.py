"""Who a node is, in; the image of its EEPROM, out.

    python -m firmware_bridges.provision --device 101 --address 5 node.bin

The first start is numbered by the present Unix second, so that a node whose EEPROM was erased never uses a ring number
a second time: `(device, ring, sequence)` is the key by which the house knows a repeat.
"""

import argparse
import struct
import time
from pathlib import Path

SIZE = 1024  # ATmega328P
DEVICE_AT = 16  # door_node/settings.c, struct settings
BOOT_AT = 24
HIGHEST_ADDRESS = 247


def image(device: int, address: int, boots: int) -> bytes:
    """1,024 bytes; `boots` starts are counted already."""
    eeprom = bytearray(b"\xff" * SIZE)
    struct.pack_into("<IB", eeprom, DEVICE_AT, device, address)
    struct.pack_into("<II", eeprom, BOOT_AT + 8 * (boots & 1), boots, boots ^ 0xFFFFFFFF)
    return bytes(eeprom)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m firmware_bridges.provision", description="Write an EEPROM image.")
    parser.add_argument("--device", type=lambda text: int(text, 16), required=True, help="number, 8 hex digits")
    parser.add_argument(
        "--address", type=int, default=0, help=f"0 alone on its cable, 1 to {HIGHEST_ADDRESS} on a shared pair"
    )
    parser.add_argument("image", type=Path, help="file to write; `make program IMAGE=...` burns it")
    chosen = parser.parse_args()
    if not 0 <= chosen.device < 0xFFFFFFFF:
        parser.error("--device is 00000000 to fffffffe")
    if not 0 <= chosen.address <= HIGHEST_ADDRESS:
        parser.error(f"--address is 0 to {HIGHEST_ADDRESS}")
    chosen.image.write_bytes(image(chosen.device, chosen.address, int(time.time())))


if __name__ == "__main__":
    main()
