"""The words of the house in, the tables of docs/answers.md and docs/centre.md out; the floor map of docs/engineer.md.

`python -m tests.word_tables --update` writes them into the pages anew; tests/test_docs.py compares.
"""

import re
from pathlib import Path

from gateway.compound import Direction
from gateway.findings import Reason
from gateway.kinds import SEVERITY, Kind, Severity
from gateway.pages.access import AUDIENCE, Role
from gateway.verdicts import WAY_IN, verdict_for
from gateway.words.catalogue import VERDICTS
from gateway.words.kinds import KINDS, NEXT_STEPS
from gateway.words.reasons import NEXT_IN, NEXT_OUT, REASONS
from tests.floor_map import floor_map

DOCS = Path(__file__).parent.parent / "docs"
PAGES = (DOCS / "answers.md", DOCS / "centre.md", DOCS / "engineer.md")
TABLE = re.compile(r"(<!-- words: ([a-z ]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def answer_row(reason: Reason) -> str:
    way_in, way_out = verdict_for(reason, Direction.IN), verdict_for(reason, Direction.OUT)
    why = REASONS[reason]
    return (
        f"| {why.zh}<br>{why.en} "
        f"| **{VERDICTS[way_in].zh}** {VERDICTS[way_in].en}<br>{NEXT_IN[reason].zh}<br>{NEXT_IN[reason].en} "
        f"| **{VERDICTS[way_out].zh}** {VERDICTS[way_out].en}<br>{NEXT_OUT[reason].zh}<br>{NEXT_OUT[reason].en} |"
    )


def gravest_first() -> list[Kind]:
    order = list(Severity)
    return sorted(Kind, key=lambda kind: order.index(SEVERITY[kind]))


def tables() -> dict[str, list[str]]:
    """By the name that stands in the page: `<!-- words: NAME -->`."""
    return {
        "answers": [
            "| 屏幕写着 It says | 进门 Coming in | 出门 Going out |",
            "|---|---|---|",
            *(answer_row(reason) for reason in WAY_IN),
        ],
        "alerts at the gate": [
            "| 警报 Alert | 做什么 What to do |",
            "|---|---|",
            *(
                f"| {KINDS[kind].zh}<br>{KINDS[kind].en} | {NEXT_STEPS[kind].zh}<br>{NEXT_STEPS[kind].en} |"
                for kind in gravest_first()
                if Role.GUARD in AUDIENCE[kind]
            ),
        ],
        "kinds": [
            "| severity | kinds |",
            "|---|---|",
            *(
                f"| {severity} | {', '.join(f'`{kind}`' for kind in Kind if SEVERITY[kind] is severity)} |"
                for severity in Severity
            ),
        ],
        "floors": floor_map(),
    }


def updated(text: str) -> str:
    made = tables()
    return TABLE.sub(lambda found: found[1] + "\n".join(made[found[2]]) + "\n" + found[4], text)


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(updated(page.read_text("utf-8")), "utf-8")
