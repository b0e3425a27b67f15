"""A key and a version in, HTML out: rendered once, shown to everybody who may see it.

Forms in it carry a placeholder where each viewer's own form token goes.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Hashable

MOST_KEPT = 1024


class FragmentCache:
    def __init__(self) -> None:
        self.placeholder = secrets.token_hex(16)  # nobody can write it into a comment, for nobody knows it
        self._kept: OrderedDict[Hashable, tuple[Hashable, str]] = OrderedDict()

    def get(self, key: Hashable, version: Hashable, token: str, render: Callable[[str], str]) -> str:
        """`render` is given the placeholder and called only if nothing was rendered under this version."""
        kept = self._kept.get(key)
        if kept is None or kept[0] != version:
            kept = (version, render(self.placeholder))
            self._kept[key] = kept
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return kept[1].replace(self.placeholder, token)
