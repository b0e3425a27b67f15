"""What somebody typed in, one line of readable text out.

Floor 2, a pure room.
"""

import unicodedata

# bidirectional overrides and isolates: they make a text read as something else than what is stored (CVE-2021-42574)
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def clean(text: str) -> str:
    """One line of readable text: composed, without control letters, blanks folded."""
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(
        " " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter
        for letter in composed
        if letter not in _BIDI and unicodedata.category(letter) != "Cs"
    )
    return " ".join(kept.split())
