"""What `menshen watch` shows of the messages it hears."""

import io
import json
from datetime import UTC, datetime

from rich.console import Console

from gateway.cli.watched import RECENT, Watched
from gateway.words.language import Lang

RAISED = "2026-11-22T08:00:00Z"
NOW = datetime(2026, 11, 22, 9, 1, 5, tzinfo=UTC)


def alert(number: int = 7, **more: object) -> dict[str, object]:
    return {
        "alert": f"e1/{number}",
        "kind": "fever",
        "severity": "high",
        "state": "raised",
        "revision": 1,
        "raised_at": RAISED,
        "place_path": "棕榈苑 1-502",
        **more,
    }


def raw(**more: object) -> bytes:
    return json.dumps(alert(**more)).encode()  # type: ignore[arg-type]  # any field of any type, on purpose


def opened(*alerts: dict[str, object], more: int = 0, time: str = "2026-11-22T08:30:00Z") -> bytes:
    return json.dumps({"gw": "gw-1", "epoch": "e1", "time": time, "alerts": alerts, "more": more}).encode()


def shown(watched: Watched, *, color: bool = False) -> str:
    out = io.StringIO()
    console = Console(file=out, width=140, force_terminal=color, color_system="standard" if color else None)
    console.print(watched.table(NOW, ""))
    return out.getvalue()


def test_a_change_is_news_once() -> None:
    watched = Watched(Lang.ZH)
    assert [one.gw for one in watched.take("gw-1", "open", opened(alert()))] == ["gw-1"]
    assert watched.take("gw-1", "alert", raw()) == []
    (taken,) = watched.take("gw-1", "alert", raw(revision=2, state="acknowledged", acknowledged_by="王老师"))
    assert watched.line(taken) == "2026-11-22T08:00:00Z  ▲ 严重  已接手  发热  棕榈苑 1-502  王老师  e1/7"
    assert watched.take("gw-1", "alert", raw()) == []  # a late repeat of what is past
    assert len(watched.take("gw-2", "alert", raw())) == 1  # another gateway's alert


def test_the_worst_and_oldest_stand_on_top_and_what_is_over_at_the_end() -> None:
    watched = Watched(Lang.EN)
    later = "2026-11-22T08:10:00Z"
    for number, severity, state, at in (
        (1, "low", "raised", RAISED),
        (2, "high", "closed", RAISED),
        (3, "critical", "raised", later),
        (4, "critical", "acknowledged", RAISED),
    ):
        watched.take("gw-1", "alert", raw(number=number, severity=severity, state=state, raised_at=at))
    assert [one.alert for one in watched.alerts()] == ["e1/4", "e1/3", "e1/1", "e1/2"]
    lines = [line for line in shown(watched).splitlines() if "e1/" in line]
    assert all(word in lines[0] for word in ("■ Critical", "Fever", "棕榈苑 1-502", "1:01:05", "Taken"))


def test_what_left_the_open_list_while_we_were_away_has_ended() -> None:
    watched = Watched(Lang.EN)
    watched.take("gw-1", "open", opened(alert(1), alert(2)))
    watched.take("gw-2", "alert", raw(number=1))
    watched.take("gw-1", "alert", raw(number=3, raised_at="2026-11-22T08:45:00Z"))  # newer than the list
    assert watched.take("gw-1", "open", opened(alert(2), time="2026-11-22T08:40:00Z")) == []
    states = {(one.gw, one.alert): one.state for one in watched.alerts()}
    assert states == {
        ("gw-1", "e1/1"): "closed",
        ("gw-1", "e1/2"): "raised",
        ("gw-1", "e1/3"): "raised",
        ("gw-2", "e1/1"): "raised",
    }
    watched.take("gw-1", "open", opened(more=5))
    assert {one.state for one in watched.alerts() if one.alert == "e1/2"} == {"raised"}  # it may be among the five


def test_only_the_latest_of_what_is_over_are_shown() -> None:
    watched = Watched(Lang.ZH)
    for number in range(RECENT + 5):
        watched.take("gw-1", "alert", raw(number=number, state="cleared"))
    assert len(watched.alerts()) == RECENT


def test_hostile_bytes_are_counted_and_steer_no_terminal() -> None:
    watched = Watched(Lang.EN)
    for body in (b"\xff", b"[]", b"{}", b'{"alerts": [1]}', b"[" * 100_000, raw(revision="x"), b"x" * 300_000):
        assert watched.take("gw-1", "alert", body) == []
        watched.take("gw-1", "open", body)
    assert watched.unreadable == 14
    told = raw(
        kind="\x1b[2J", place_path="\x1b]0;owned\x07[red]x[/red]", acknowledged_by="\u202eevil", state="new state"
    )
    (news,) = watched.take("gw-1", "alert", told)
    for text in (watched.line(news), shown(watched)):
        assert not set("\x1b\x07\u202e") & set(text)
        assert "[red]x[/red]" in text
    assert news.as_json().isascii() or "\x1b" not in news.as_json()


def test_severity_is_a_word_and_an_icon_where_there_is_no_colour() -> None:
    watched = Watched(Lang.EN)
    watched.take("gw-1", "alert", raw())
    assert "▲ High" in shown(watched)
    assert "\x1b[1;31m▲ High" in shown(watched, color=True)
