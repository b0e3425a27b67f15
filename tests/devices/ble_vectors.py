"""The third-party Bluetooth cases of one format."""

import json
from typing import Any

from tests.shared_data import folder_or_skip


def ble_vectors(format_: str) -> list[dict[str, Any]]:
    """All cases of this format; skips the test where the folder is missing."""
    lines = (folder_or_skip("ble") / "vectors.jsonl").read_text("utf-8").splitlines()
    return [case for case in map(json.loads, lines) if case["format"] == format_]
