"""What was seen, asked and concluded, in; numbered entries and the effects that wait for them, out.

Floor 4, a pure room: the gatekeeper's pen. Numbers are dense, in the journal and in each stream of the centre.
"""

from collections.abc import Callable
from datetime import datetime

import msgspec
from msgspec import Struct

from gateway.bodies import body_of, stream_of
from gateway.entries import Batch, Effect, Entry, EntryClass
from gateway.state.state import State


class Scribe:
    """Collects one batch; `effects` happen when it is on disk."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._entries: list[Entry] = []
        self._bodies: list[Struct] = []
        self.effects: list[Effect] = []

    def write(self, body: Struct, entry_class: EntryClass, heard: datetime, source: str | None = None) -> None:
        """Give it the next number of the journal and, where the centre is told of it, of its stream."""
        state = self._state
        state.number += 1
        stream = stream_of(body, state.reports)
        number_in_stream: int | None = None
        if stream is not None:
            number_in_stream = state.streams[stream] = state.streams.get(stream, 0) + 1
        about = body_of(body)
        self._bodies.append(body)
        self._entries.append(
            Entry(
                number=state.number,
                at=about.at,
                heard=heard,
                kind=about.kind,
                entry_class=entry_class,
                body=_encode(body),
                place=about.place,
                subject=about.subject,
                source=source,
                stream=stream,
                stream_number=number_in_stream,
            )
        )

    def batch(self) -> Batch:
        """What was collected; the next begins empty."""
        batch = Batch(entries=self._entries, effects=self.effects, bodies=self._bodies)
        self._entries, self.effects, self._bodies = [], [], []
        return batch


_encode: Callable[[Struct], bytes] = msgspec.json.Encoder().encode
