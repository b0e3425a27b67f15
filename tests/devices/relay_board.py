"""A USB relay board at the far end of a pseudo-terminal: it latches, and it answers when it is asked."""

import os
import select
import threading
import tty
from types import TracebackType
from typing import Self


class Board:
    """`with Board() as board`; `words` are all it was told, in order: "off", "on", "?"."""

    def __init__(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        self.words: list[str] = []
        self.on = False
        self._changed = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._serve, name="relay board", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.unplug()

    def unplug(self) -> None:
        """Pull it out: whoever has the port open loses it."""
        if not self._ended:
            self._ended = True
            self._thread.join()
            os.close(self._slave)
            os.close(self._master)

    def wait_for(self, words: list[str], since: int = 0, seconds: float = 60.0) -> None:
        """Until the switching words since then begin like this."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.switched(since)[: len(words)] == words, seconds), (
                f"{words} was waited for, {self.words[since:]} came"
            )

    def switched(self, since: int = 0) -> list[str]:
        return [word for word in self.words[since:] if word != "?"]

    def _serve(self) -> None:
        held = b""
        while not self._ended:
            if select.select([self._master], [], [], 0.05)[0]:
                held = self._obey(held + os.read(self._master, 64))

    def _obey(self, held: bytes) -> bytes:
        while held:
            if held[0] == 0xFF:
                os.write(self._master, b"CH1: ON \r\n" if self.on else b"CH1:OFF \r\n")
                held = self._note("?", held[1:])
            elif len(held) < 4:
                return held
            else:
                assert held[:3] in (b"\xa0\x01\x01", b"\xa0\x01\x00")
                assert held[3] == sum(held[:3]) & 0xFF
                self.on = held[2] == 1
                held = self._note("on" if self.on else "off", held[4:])
        return held

    def _note(self, word: str, rest: bytes) -> bytes:
        with self._changed:
            self.words.append(word)
            self._changed.notify_all()
        return rest
