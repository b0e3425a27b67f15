"""Messages of a gateway as they stand on the wire, for the centre's tests."""

import json
from datetime import UTC, datetime

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def letter(number: int, /, **more: object) -> bytes:
    """An alert of gw-1, unless `more` says otherwise; a field that is None is left out."""
    gw, stream, epoch = more.get("gw", "gw-1"), more.get("stream", "alert"), more.get("epoch", "e1")
    body: dict[str, object] = {
        "specversion": "1.0",
        "id": f"{gw}/{stream}/{epoch}/{number}",
        "type": f"menshen.{stream}",
        "source": f"menshen/{gw}",
        "time": "2026-11-22T07:59:58Z",
        "heard": "2026-11-22T07:59:59Z",
        "gw": gw,
        "stream": stream,
        "epoch": epoch,
        "number": number,
        "kind": "fever",
        "severity": "high",
        "state": "raised",
        "alert": f"{epoch}/{number}",
        "text_zh": "发热",
        "place_path": "棕榈苑 1号楼 1-502",
        **more,
    }
    return json.dumps({key: value for key, value in body.items() if value is not None}, ensure_ascii=False).encode()
