"""Adverts one by one in, batches out; bounded. If the house is slow, the newest advert of each band is kept.

The reader is woken once for a batch, not once for an advert. What gave way is counted and said in the next batch;
measurements over GATT and words about the radio itself never give way.
"""

from collections.abc import Callable

from devices.adverts import Advert, Coalesced, RadioChunk, RadioItem


class AdvertBuffer:
    def __init__(self, limit: int, wake: Callable[[], None]) -> None:
        self._limit = limit
        self._wake = wake
        self._items: list[RadioItem] = []
        self._coalesced = 0

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: RadioItem) -> None:
        items = self._items
        items.append(item)
        if len(items) == 1:
            self._wake()
        elif len(items) >= self._limit:
            self._coalesce()

    def gave_way(self, count: int) -> None:
        """So many never got here."""
        self._coalesced += count

    def take(self, most: int) -> RadioChunk:
        """The oldest items, `most` at a time; empty if there is nothing."""
        items = self._items
        if len(items) <= most:
            chunk = tuple(items)
            items.clear()
        else:
            chunk = tuple(items[:most])
            del items[:most]
        if self._coalesced:
            chunk = (Coalesced(self._coalesced), *chunk)
            self._coalesced = 0
        return chunk

    def _coalesce(self) -> None:
        newest: dict[str, int] = {}
        for at, item in enumerate(self._items):
            if isinstance(item, Advert):
                newest[item.address] = at
        kept = set(newest.values())
        # a flood of ever new addresses cannot be coalesced: then the oldest go, down to half, so that this is rare
        too_many = len(kept) - self._limit // 2
        if too_many > 0:
            kept.difference_update(sorted(kept)[:too_many])
        left = [item for at, item in enumerate(self._items) if at in kept or not isinstance(item, Advert)]
        self._coalesced += len(self._items) - len(left)
        self._items = left
