"""What is shipped to a gateway may be shipped, and THIRD_PARTY.md says under which terms."""

import pytest

from tests.licences import BEGIN, DOCUMENT, END, licence_of, may_be_shipped, runtime_packages, table


@pytest.mark.parametrize("package", runtime_packages())
def test_no_runtime_package_is_under_the_gpl(package: str) -> None:
    assert may_be_shipped(licence_of(package)), f"{package} is under {licence_of(package)}"


def test_the_document_holds_the_table_of_the_lock() -> None:
    written = DOCUMENT.read_text().split(BEGIN)[1].split(END)[0]
    assert written == table(), "run `python -m tests.licences --update`"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("MIT", True),
        ("LGPL-3.0-only", True),
        ("EPL-2.0 OR BSD-3-Clause", True),
        ("GPL-3.0-only OR MIT", True),
        ("GPL-3.0-or-later", False),
        ("MIT AND AGPL-3.0-only", False),
        ("GPL-3.0-only AND (MIT OR BSD-3-Clause)", False),
    ],
)
def test_the_check_itself_tells_licences_apart(expression: str, expected: bool) -> None:
    assert may_be_shipped(expression) is expected
