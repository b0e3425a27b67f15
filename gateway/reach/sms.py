"""A message in, short messages by a modem on a serial port out; the numbers are in a file and nowhere else."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from itertools import count

from devices.at_modem import Answer, AtLines, ModemRefused, Pause, Say, Talk, is_end, prepare, send_message
from devices.driver import LinkLost
from devices.links.serial import SerialLink, serial_link
from devices.sms_pdu import NUMBER, submit
from gateway.config.reach import SmsReach
from gateway.reach.channels import Message, NotCarried, read_secret_lines

HOUR_SECONDS = 3600.0


class Sms:
    """The port is opened for each message: a modem that was pulled and put back needs nobody's help.

    `seconds`: a steady clock, for how many go out in an hour.
    """

    def __init__(self, section: SmsReach, seconds: Callable[[], float]) -> None:
        self._section = section
        self._seconds = seconds
        self._sent: deque[float] = deque(maxlen=section.most_per_hour)
        self._references = count(1)

    async def carry(self, message: Message) -> None:
        """To every number of the file. Raises NotCarried where none of them was reached."""
        numbers = read_secret_lines(self._section.numbers_file)
        if not numbers:
            raise NotCarried(f"{self._section.numbers_file}: no number in it")
        try:
            async with serial_link(self._section.port, self._section.baud) as link:
                talk = Conversation(link)
                await talk.hold(prepare())
                reasons = [await self._try(talk, number, message.text) for number in numbers]
        except LinkLost as exc:
            raise NotCarried(f"modem: {exc.reason}") from exc
        except ModemRefused as exc:
            raise NotCarried(f"modem: {exc.why}") from exc
        if all(reasons):
            raise NotCarried(f"modem: {reasons[0]}")

    async def _try(self, talk: "Conversation", number: str, text: str) -> str:
        """Why it did not go to this number; empty if it did."""
        if NUMBER.fullmatch(number) is None:
            return "a line of the numbers' file is no number"
        parts = submit(number, text, next(self._references) % 256)
        if not self._may_send(len(parts)):
            return f"{self._section.most_per_hour} messages in this hour are out"
        try:
            await talk.hold(send_message(parts))
        except ModemRefused as exc:
            return exc.why
        return ""

    def _may_send(self, parts: int) -> bool:
        """Counted before they go, for the network charges also what it did not confirm."""
        now, most = self._seconds(), self._section.most_per_hour
        while self._sent and now - self._sent[0] >= HOUR_SECONDS:
            self._sent.popleft()
        if self._sent and len(self._sent) + parts > most:  # a long one goes out though a small limit has no room
            return False
        self._sent.extend([now] * min(parts, most))
        return True


class Conversation:
    """Holds a talk with the modem: says what it yields, gives it what was answered in time."""

    def __init__(self, link: SerialLink) -> None:
        self._link = link
        self._lines = _lines(link)

    async def hold(self, talk: Talk) -> None:
        """Raises what the talk raises, and LinkLost."""
        answer: Answer | None = None
        while True:
            try:
                step = next(talk) if answer is None else talk.send(answer)
            except StopIteration:
                return
            answer = await self._heard(step)

    async def _heard(self, step: Say | Pause) -> Answer:
        match step:
            case Pause(seconds):
                await self._until_end(seconds, step, [])
                return Answer()
            case Say(data, seconds):
                self._link.send(data)
                told: list[str] = []
                end = await self._until_end(seconds, step, told)
                return Answer(lines=tuple(told), end=end)

    async def _until_end(self, seconds: float, step: Say | Pause, told: list[str]) -> str:
        deadline = asyncio.get_running_loop().time() + seconds
        async for line in self._lines:
            if isinstance(step, Say) and is_end(line, prompt=step.prompt):
                return line
            if line and isinstance(step, Say):
                told.append(line)
            if asyncio.get_running_loop().time() >= deadline:
                break
        return ""


async def _lines(link: SerialLink) -> AsyncIterator[str]:
    """Its lines, and an empty one after each chunk and whenever it was quiet for half a second: look at the clock."""
    cut = AtLines()
    async for chunk in link:
        for line in cut.feed(chunk):
            yield line
        yield ""
