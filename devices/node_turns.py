"""What the house has to say to the nodes of one shared pair, in; bytes at the right moment, out.

On RS-485 all nodes hear each other's wire and only one may speak. The house polls them in turn; whatever it has for a
node goes out just before that node's poll. After a node's Done the next is polled at once; after the last one the pair
rests until the next quiet moment. A node that does not answer costs one quiet moment.
"""

from collections.abc import Sequence

from firmware_bridges.wire import Body, Done, Frame, Poll, write

ORDERS_LIMIT = 16  # that wait for one node


class Turns:
    def __init__(self, addresses: Sequence[int]) -> None:
        self._addresses = addresses
        self._waiting: dict[int, list[Body]] = {address: [] for address in addresses}
        self._next = 0
        self._speaking: int | None = None

    @property
    def resting(self) -> bool:
        """Nobody speaks, nobody was asked to: the house may send."""
        return self._speaking is None

    @property
    def next_address(self) -> int:
        """Who will be polled next."""
        return self._addresses[self._next]

    def put(self, address: int, body: Body) -> bool:
        """Have this said before the node's next poll; said once, however often it is put. False: too much waits."""
        waiting = self._waiting[address]
        if body in waiting:
            return True
        if len(waiting) >= ORDERS_LIMIT:
            return False
        waiting.append(body)
        return True

    def poll(self) -> bytes:
        """Everything that waits for the next node, and its poll."""
        address = self.next_address
        said = [*self._waiting[address], Poll()]
        self._waiting[address].clear()
        self._speaking = address
        self._next = (self._next + 1) % len(self._addresses)
        return b"".join(write(Frame(address, body)) for body in said)

    def hear(self, frame: Frame) -> bool:
        """True if that was the end of the turn and the next node is to be polled now."""
        if not isinstance(frame.body, Done) or frame.address != self._speaking:
            return False  # a Done that came too late is nobody's business any more
        self._speaking = None
        return self._next != 0
