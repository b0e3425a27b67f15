"""What the centre says, before it is an order of the house."""

import msgspec
import pytest

from gateway.messages.every import OrderMessage
from gateway.uplink.listen import WRITTEN_BY_PEOPLE, readable


@pytest.mark.parametrize("name", WRITTEN_BY_PEOPLE)
@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("已电话联系，平安", "已电话联系，平安"),
        ("\x1b[31mred\x07", " [31mred "),
        ("one\r\ntwo", "one  two"),
        ("\u202eerutuf", " erutuf"),
        ("\x9b2J", " 2J"),
        ("<script>", "<script>"),  # for the pages to escape, which they do
    ],
)
def test_what_people_write_steers_no_terminal_and_turns_no_line(name: str, said: str, kept: str) -> None:
    asked, understood = (msgspec.convert({"order": "close", name: text}, OrderMessage) for text in (said, kept))
    assert readable(asked) == understood
