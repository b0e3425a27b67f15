"""Short messages through pyserial on a pty, to a modem that behaves like a SIM800."""

import logging
from pathlib import Path

import pytest

from gateway.config.reach import SmsReach
from gateway.kinds import Kind
from gateway.reach.channels import NotCarried
from gateway.reach.sms import HOUR_SECONDS, Sms
from tests.gateway.reach.alerts import alert, message
from tests.gateway.reach.fake_modem import FakeModem, read_submit

NUMBER, OTHER = "+8613800138000", "13900139000"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def section(folder: Path, port: str, *numbers: str, most_per_hour: int = 20) -> SmsReach:
    file = folder / "numbers"
    file.write_text("# the duty telephone\n" + "\n".join(numbers) + "\n", "utf-8")
    file.chmod(0o600)
    return SmsReach(kind="sms", name="sms", port=port, numbers_file=file, most_per_hour=most_per_hour)


@pytest.mark.asyncio
async def test_a_chinese_message_reaches_every_number_whole(tmp_path: Path) -> None:
    with FakeModem() as modem:
        said = message(*(alert(number, Kind.FALL) for number in range(1, 4)))
        await Sms(section(tmp_path, modem.port, NUMBER, OTHER), Clock()).carry(said)
    read = [read_submit(length, pdu) for length, pdu in modem.sent]
    for number in (NUMBER, OTHER):
        parts = [(part, text) for to, text, part in read if to == number]
        assert len(parts) > 1
        assert len({part[0] for part, _ in parts if part}) == 1
        assert "".join(text for _, text in parts) == said.text
    assert modem.commands[:5] == ["AT", "ATE0", "AT+CPIN?", "AT+CREG?", "AT+CMGF=0"]


@pytest.mark.asyncio
async def test_calls_and_news_in_between_disturb_nothing(tmp_path: Path) -> None:
    with FakeModem(chatter=b'\r\nRING\r\n\r\n+CMTI: "SM",1\r\n') as modem:
        await Sms(section(tmp_path, modem.port, OTHER), Clock()).carry(message())
    assert modem.sent


@pytest.mark.asyncio
async def test_a_congested_network_is_asked_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with FakeModem(failures=("+CMS ERROR: 42",)) as modem:
        await Sms(section(tmp_path, modem.port, NUMBER), Clock()).carry(message())
    assert modem.sent
    assert NUMBER.removeprefix("+") not in caplog.text


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("modem", "why"),
    [
        (FakeModem(sim="SIM PIN"), "SIM PIN"),
        (FakeModem(sim=""), "CME ERROR: 10"),
        (FakeModem(failures=("+CMS ERROR: 21",)), "CMS ERROR: 21"),
        (FakeModem(deaf=True), "does not answer"),
    ],
)
async def test_a_modem_that_refuses_says_why_and_no_number(tmp_path: Path, modem: FakeModem, why: str) -> None:
    with modem, pytest.raises(NotCarried, match=why) as refused:
        await Sms(section(tmp_path, modem.port, NUMBER), Clock()).carry(message())
    assert NUMBER[3:] not in str(refused.value)
    assert modem.sent == []


@pytest.mark.asyncio
async def test_one_number_that_is_wrong_keeps_no_message_from_the_others(tmp_path: Path) -> None:
    with FakeModem() as modem:
        await Sms(section(tmp_path, modem.port, "nobody", OTHER), Clock()).carry(message())
    assert {read_submit(*sent)[0] for sent in modem.sent} == {OTHER}


@pytest.mark.asyncio
async def test_an_hour_has_so_many_messages(tmp_path: Path) -> None:
    clock = Clock()
    with FakeModem() as modem:
        sms = Sms(section(tmp_path, modem.port, OTHER, most_per_hour=1), clock)
        await sms.carry(message())
        gone = len(modem.sent)
        assert gone == 1
        with pytest.raises(NotCarried, match="1 messages in this hour"):
            await sms.carry(message())
        assert len(modem.sent) == gone
        clock.now = HOUR_SECONDS
        await sms.carry(message())
        assert len(modem.sent) == 2 * gone


@pytest.mark.asyncio
async def test_no_modem_and_a_file_that_others_read_are_said(tmp_path: Path) -> None:
    absent = section(tmp_path, str(tmp_path / "ttyUSB7"), OTHER)
    with pytest.raises(NotCarried, match=r"modem: .*could not open port"):
        await Sms(absent, Clock()).carry(message())
    absent.numbers_file.chmod(0o644)
    with pytest.raises(NotCarried, match="chmod 600"):
        await Sms(absent, Clock()).carry(message())
