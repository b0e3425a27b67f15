"""Values by id in; those of one flat, band or subject out, without looking through all of them.

Floor 2, a pure room. A dict like any other: whatever changes it keeps its indexes, so that nobody can forget to. In a
snapshot it is the dict alone; the indexes are made anew when it is read.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NoReturn, TypeVar

V = TypeVar("V")


class Indexed(dict[str, V]):
    """`by` names attributes of the values; an empty attribute is in no index.

    `turns` rises whenever an index changes; `looked` is for whoever looks through it to write down at which turns they
    did: what was in order then still is. Neither is in a snapshot.
    """

    __slots__ = ("_by", "looked", "turns")

    def __init__(self, values: Mapping[str, V] | Iterable[tuple[str, V]] = (), *, by: tuple[str, ...]) -> None:
        super().__init__()
        self._by: dict[str, dict[str, dict[str, V]]] = {name: {} for name in by}
        self.turns = 0
        self.looked: tuple[int, int] | None = None
        for key, value in values.items() if isinstance(values, Mapping) else values:
            self[key] = value

    def those(self, by: str, wanted: str) -> Iterator[V]:
        """The values whose attribute `by` is `wanted`, in the order they came. Do not change it while looking."""
        return iter(self._by[by].get(wanted, {}).values())

    def __setitem__(self, key: str, value: V) -> None:
        before = self.get(key)
        if before is not None and all(getattr(before, name) == getattr(value, name) for name in self._by):
            super().__setitem__(key, value)
            for name, index in self._by.items():
                if wanted := getattr(value, name):
                    index[wanted][key] = value
            return
        if before is not None:
            self._forget(key)
        super().__setitem__(key, value)
        self.turns += 1
        for name, index in self._by.items():
            if wanted := getattr(value, name):
                index.setdefault(wanted, {})[key] = value

    def __delitem__(self, key: str) -> None:
        self._forget(key)
        super().__delitem__(key)

    def pop(self, key: str, *default: Any) -> Any:
        if key in self:
            self._forget(key)
        return super().pop(key, *default)

    def clear(self) -> None:
        self.turns += 1
        for index in self._by.values():
            index.clear()
        super().clear()

    def setdefault(self, key: str, default: V) -> V:
        if key not in self:
            self[key] = default
        return self[key]

    def _unused(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("would pass the indexes by; set the items one by one")

    update = popitem = __ior__ = _unused  # nobody needs them here

    def _forget(self, key: str) -> None:
        value = self[key]
        self.turns += 1
        for name, index in self._by.items():
            if wanted := getattr(value, name):
                of_it = index[wanted]
                del of_it[key]
                if not of_it:
                    del index[wanted]
