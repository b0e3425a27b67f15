"""A reading in, an event with a place and a meaning out. A code's text is verified here and goes no further.

Floor 3, a pure room. A device that watches no place of its kind means nothing, and its readings end here.
"""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from devices.reading import (
    CardSeen,
    CodeSeen,
    DoorSeen,
    HelloSeen,
    LostSeen,
    OutputSeen,
    PlateSeen,
    Reading,
    SightSeen,
    SpentSeen,
    TamperSeen,
    TypedSeen,
    UsedSeen,
)
from gateway.compound import DeviceKind, Lane, Places
from gateway.events.every import (
    CameraSightChanged,
    DoorMoved,
    Event,
    ExitMoved,
    FireSignalled,
    NodeStarted,
    OutputTried,
    PassShown,
    Proof,
    SightingsLost,
    TamperMoved,
)
from gateway.events.neighbours import CodeUsedElsewhere, PassSpentElsewhere
from gateway.interpret.numbers import number_shown
from gateway.limits import Limits
from gateway.passes.foreign.reader import ForeignTrust, read_foreign
from gateway.passes.gate_pass import Pass
from gateway.passes.known import KnownPass
from gateway.passes.numbers import NO_NUMBERS, NumberBook
from gateway.passes.rotating import NO_SECRETS, Secrets
from gateway.passes.text import is_ours
from gateway.passes.trust import Trust
from gateway.passes.verify import Refusal, Why, verify


class CodeKeys(Struct, frozen=True):
    """What is read besides the trust list: phones' secrets, foreign issuers if there are any, cards and plates."""

    phone_secrets: Secrets = NO_SECRETS
    foreign: ForeignTrust | None = None
    numbers: NumberBook = NO_NUMBERS


NO_CODE_KEYS = CodeKeys()
NO_LIMITS = Limits()
NOBODY: Mapping[str, KnownPass] = {}
LOSING = frozenset({DeviceKind.DOOR, DeviceKind.OBSTRUCTION})  # contacts, whose nodes keep a ring


def interpret(
    reading: Reading,
    places: Places,
    trust: Trust | None,
    code_keys: CodeKeys = NO_CODE_KEYS,
    limits: Limits = NO_LIMITS,
    known: Mapping[str, KnownPass] = NOBODY,
) -> Event | None:
    """What a reading means in these places. Without a trust list a code cannot be checked, and is not refused.

    `known`: passes that were shown here, by the short code a guard may type.
    """
    device = places.devices.get(reading.device)
    match reading.seen:
        case DoorSeen(open=is_open) if device is not None and device.kind is DeviceKind.FIRE:
            return FireSignalled(
                at=reading.at, heard=reading.heard, device=reading.device, compound=device.place, on=is_open
            )
        case DoorSeen(open=is_open, found=found):
            way_out = places.exit_of(reading.device)
            if way_out is not None and device is not None:
                return ExitMoved(
                    at=reading.at,
                    heard=reading.heard,
                    device=reading.device,
                    place=way_out.id,
                    open=is_open,
                    obstruction=device.kind is DeviceKind.OBSTRUCTION,
                    found=found,
                )
            flat = places.flat_of(reading.device)
            if flat is None:
                return None
            return DoorMoved(
                at=reading.at, heard=reading.heard, device=reading.device, flat=flat.id, open=is_open, found=found
            )
        case CodeSeen(text=text):
            lane = places.lane_of(reading.device)
            return None if lane is None else _shown(reading, lane, text, trust, code_keys)
        case CardSeen() | PlateSeen() | TypedSeen() as seen:
            lane = places.lane_of(reading.device)
            if lane is None:
                return None
            return number_shown(reading, seen, lane, code_keys.numbers, known, trust, limits.plate_confidence)
        case UsedSeen(used=used, gateway=gateway):
            return CodeUsedElsewhere(
                at=reading.at,
                heard=reading.heard,
                device=reading.device,
                gateway=gateway,
                cti=used.cti,
                stepped=used.stepped,
            )
        case SpentSeen(spent=spent, gateway=gateway):
            return PassSpentElsewhere(
                at=reading.at,
                heard=reading.heard,
                device=reading.device,
                gateway=gateway,
                cti=spent.cti,
                spent_at=spent.at,
                until=spent.until,
                there=spent.lane,
            )
        case TamperSeen(open=is_open) if device is not None:
            return TamperMoved(
                at=reading.at, heard=reading.heard, device=reading.device, place=device.place, open=is_open
            )
        case HelloSeen() as hello:
            return NodeStarted(
                at=reading.at,
                heard=reading.heard,
                device=reading.device,
                firmware=hello.firmware,
                boot=hello.boot,
            )
        case LostSeen(count=count) if device is not None and device.kind in LOSING:
            return SightingsLost(at=reading.at, heard=reading.heard, device=reading.device, count=count)
        case OutputSeen(on=on, ok=ok, why=why) if device is not None:
            return OutputTried(at=reading.at, heard=reading.heard, device=reading.device, on=on, ok=ok, why=why)
        case SightSeen(fault=fault) if device is not None and device.kind is DeviceKind.CAMERA:
            return CameraSightChanged(
                at=reading.at, heard=reading.heard, device=reading.device, lane=device.place, fault=fault
            )
        case _:
            return None


def _shown(reading: Reading, lane: Lane, text: str, trust: Trust | None, code_keys: CodeKeys) -> PassShown:
    shown = PassShown(
        at=reading.at,
        heard=reading.heard,
        device=reading.device,
        lane=lane.id,
        proof=Proof.UNCHECKED,
        why="no_trust_list",
    )
    foreign = code_keys.foreign
    if foreign is not None and (credential := read_foreign(text, foreign)) is not None:
        return replace(
            shown,
            foreign=str(credential.scheme),
            holder=foreign.admits if credential.proof is Proof.GENUINE else "",
            proof=credential.proof,
            why=str(credential.why or ""),
            cti=credential.key,
            kid=credential.kid,
            not_before=credential.not_before,
            not_after=credential.not_after,
        )
    if trust is None:  # a payment code is no pass, whatever list we had
        return shown if is_ours(text) else replace(shown, proof=Proof.UNREADABLE, why=str(Why.NOT_OURS))
    found = verify(text, trust, code_keys.phone_secrets)
    if not isinstance(found, Refusal):
        return _of(found, replace(shown, proof=Proof.GENUINE, why="", trust_version=trust.version))
    shown = replace(shown, proof=Proof(found.reason), why=str(found.why), trust_version=trust.version)
    return shown if found.gate_pass is None else _of(found.gate_pass, shown)


def _of(gate_pass: Pass, shown: PassShown) -> PassShown:
    """What is kept of an authentic pass: everything it says, nothing of its text."""
    return replace(
        shown,
        cti=gate_pass.cti,
        kid=gate_pass.kid,
        subject=gate_pass.subject or "",
        holder=str(gate_pass.kind),
        compound=gate_pass.compound,
        gates=gate_pass.gates,
        not_before=gate_pass.not_before,
        not_after=gate_pass.not_after,
        once=gate_pass.once,
        stepped=gate_pass.stepped,
    )
