"""The line at the top says how many cameras and scanners read, which does not and why, and the rules in force."""

from datetime import timedelta

import pytest
from msgspec import Struct
from msgspec.structs import replace

from devices.reading import SightFault
from gateway.compound import Device, DeviceKind
from gateway.events.every import CameraSightChanged, ConfigLoaded, DeviceBack, DeviceSilent
from gateway.orders.every import OrderRefused, ProfileChosen
from gateway.pages.access import Role
from gateway.pages.status import status_line
from gateway.profile import PROFILES, Profile
from gateway.shown.fold import Shown
from gateway.state.state import State
from gateway.words.language import Lang
from tests.gateway.pages.browsing import make_pages
from tests.gateway.pages.fake_house import START, FakeHouse, make_site

EYES = (
    Device("eye-in", DeviceKind.CAMERA, "eye-in", "east-1"),
    Device("eye-out", DeviceKind.CAMERA, "eye-out", "east-2"),
    Device("gun", DeviceKind.SCANNER, "usb", "west-1"),
)
SITE = replace(make_site(), devices=EYES)
NO_EYES = replace(SITE, devices=EYES[2:])


def house() -> FakeHouse:
    return FakeHouse(SITE)


def line(house: FakeHouse, lang: Lang = Lang.ZH) -> str:
    return " ".join(status_line(make_pages(house).app.state.desk, Role.GUARD, lang, "g1").split())


def seen(device: str, fault: SightFault | None) -> CameraSightChanged:
    return CameraSightChanged(at=START, heard=START, device=device, lane="east-1", fault=fault)


def silent(device: str, kind: DeviceKind = DeviceKind.CAMERA) -> DeviceSilent:
    return DeviceSilent(at=START, heard=START, device=device, kind=kind, since=START - timedelta(minutes=1))


def loaded(profile: str = "ordinary", profiles: tuple[Profile, ...] = PROFILES) -> ConfigLoaded:
    return ConfigLoaded(at=START, heard=START, fingerprint="f", site=SITE, profile=profile, profiles=profiles)


def after(*bodies: Struct, said: str = "") -> Shown:
    shown = Shown(State(site=SITE, profile_configured=said))
    for number, body in enumerate(bodies, 1):
        shown.apply(number, body)
    return shown


def test_all_of_them_read() -> None:
    told = line(house())
    assert 'class="chip good" data-testid="status-camera" data-count="2" data-down="0"' in told
    assert "摄像头 · 2 台正常" in told
    assert 'data-testid="status-scanner" data-count="1" data-down="0"' in told
    assert "Cameras · 2 working" in line(house(), Lang.EN)


def test_one_that_does_not_is_named_with_its_reason() -> None:
    at = house()
    at.tell(seen("eye-in", SightFault.COVERED))
    at.tell(silent("usb", DeviceKind.CABLE))  # the scanner's cable
    told = line(at)
    assert 'class="chip warn" data-testid="status-camera" data-count="2" data-down="1"' in told
    assert "2 台中 1 台不行: 东门 / 进口 摄像头被挡住" in told
    assert "1 台中 1 台不行: 西门 / 人行道 扫码枪没有声息" in told
    assert "1 of 2 down: 东门 / 进口 Camera covered" in line(at, Lang.EN)
    at.tell(seen("eye-in", None))
    at.tell(DeviceBack(at=START, heard=START, device="usb", kind=DeviceKind.CABLE))
    assert line(at).count('data-down="0"') == 2


def test_a_house_without_cameras_says_nothing_of_them() -> None:
    assert "status-camera" not in line(FakeHouse(NO_EYES))


@pytest.mark.parametrize(("name", "words"), [("lockdown", "封控"), ("holiday", "holiday")])
def test_the_rules_in_force_are_named(name: str, words: str) -> None:
    at = house()
    assert "管控 · 平时" in line(at)
    at.tell(ProfileChosen(id="p", at=START, by="street", profile=name))
    assert f"管控 · {words}" in line(at)


def test_what_an_order_chose_stays_until_the_configuration_says_something_new() -> None:
    chosen = ProfileChosen(id="p", at=START, by="street", profile="lockdown")
    refused = OrderRefused(id="p", at=START, by="street", order="ProfileChosen", why="unknown profile")
    assert after(loaded(), chosen, refused, loaded()).lanes.profile == "lockdown"
    assert after(loaded(), chosen, loaded("epidemic")).lanes.profile == "epidemic"
    assert after(loaded(), chosen, loaded(profiles=PROFILES[:1])).lanes.profile == "ordinary"
    assert after(loaded("epidemic"), said="epidemic").lanes.profile == "ordinary"  # the state's own


def test_a_camera_that_is_gone_from_the_configuration_is_down_no_more() -> None:
    shown = after(seen("eye-in", SightFault.DARK), loaded())
    assert [device.id for device, _ in shown.lanes.down(DeviceKind.CAMERA, ())] == ["eye-in"]
    shown.apply(3, replace(loaded(), site=NO_EYES))
    shown.apply(4, loaded())
    assert list(shown.lanes.down(DeviceKind.CAMERA, ())) == []
