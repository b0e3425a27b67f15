"""Fire: a contact or a button declares it, every lane admits, and only a named person ends it."""

from msgspec.structs import replace

from devices.reading import AliveSeen, DoorSeen
from gateway.compound import Device, DeviceKind
from gateway.events.every import Proof
from gateway.findings import AlertState, Reason, Verdict
from gateway.kinds import Kind
from gateway.muster import muster
from gateway.orders.every import FireDeclared, FireEnded, GuardRuled, PersonEntered
from gateway.people import Care
from gateway.shown.fold import Shown
from tests.gateway.keeping import ANNA, BO, BOTH, FLAT, IN, OTHER_FLAT, OUT, Kept, decision, make_site, of, opened

CONTACT = "node-000000f1"


def house() -> Kept:
    site = make_site()
    contact = Device(CONTACT, DeviceKind.FIRE, "cable", "palm")
    return Kept(replace(site, devices=(*site.devices, contact)))


def declared(kept: Kept, name: str = "f1") -> FireDeclared:
    return FireDeclared(id=name, at=kept.now, by="fire-button", compound="palm")


def test_a_contact_raises_one_critical_alert_and_letting_go_ends_nothing() -> None:
    kept = house()
    kept.hear(CONTACT, DoorSeen(open=True))
    kept.hear(CONTACT, DoorSeen(open=False))
    kept.hear(CONTACT, DoorSeen(open=True))
    [alert] = kept.raised(Kind.FIRE)
    assert (alert.severity, alert.place, alert.device) == ("critical", "palm", CONTACT)
    assert kept.state.fires == {"palm": alert.raised_at}


def test_in_a_fire_everybody_is_admitted_everywhere_and_nothing_shuts_behind_them() -> None:
    kept = house()
    kept.order(declared(kept))
    for lane in (IN, OUT, BOTH):
        for proof in Proof:
            bodies = kept.show(lane, proof=proof, once=True)
            found = decision(bodies)
            assert (found.verdict, found.reason) == (Verdict.ADMIT, Reason.FIRE)
    assert all(not opened(batch) for batch in kept.batches)  # held open by other hands, never for a moment


def test_a_guard_cannot_refuse_in_a_fire() -> None:
    kept = house()
    kept.order(declared(kept))
    ruling = GuardRuled(id="r1", at=kept.now, by="g1", lane=IN, admit=False, reason="in_doubt")
    kept.order(ruling)
    assert of(type(decision(kept.show())), kept.wrote())[0].verdict is Verdict.ADMIT


def test_a_quarantined_person_who_leaves_in_a_fire_is_still_told_of() -> None:
    kept = house()
    kept.quarantine(ANNA)
    kept.order(declared(kept))
    found = decision(kept.show(OUT, subject=ANNA))
    assert found.verdict is Verdict.ADMIT
    assert len(kept.raised(Kind.QUARANTINED_PERSON_LEFT)) == 1


def test_it_ends_by_name_only_and_the_lanes_judge_again() -> None:
    kept = house()
    assert not kept.order(FireEnded(id="e0", at=kept.now, by="d1", compound="palm")).done
    kept.order(declared(kept))
    assert not kept.order(FireEnded(id="e1", at=kept.now, by=" ", compound="palm")).done
    assert kept.order(FireEnded(id="e2", at=kept.now, by="d1", compound="palm")).done
    assert kept.state.fires == {}
    assert not kept.alert(Kind.FIRE).active
    assert kept.alert(Kind.FIRE).state is AlertState.RAISED  # over, and still to be seen by somebody
    assert decision(kept.show()).reason is Reason.ADMITTED


def test_a_fire_outlives_a_restart() -> None:
    kept = house()
    kept.order(declared(kept))
    again = kept.reopened()
    assert again.state.fires == kept.state.fires
    assert decision(again.show(OUT)).reason is Reason.FIRE


def test_a_beat_tells_of_a_contact_whose_signal_was_lost() -> None:
    kept = house()
    kept.hear(CONTACT, AliveSeen(open=True))
    assert "palm" in kept.state.fires


def test_an_unknown_compound_burns_nowhere() -> None:
    kept = house()
    assert not kept.order(replace(declared(kept), compound="elsewhere")).done


def test_the_muster_list_names_those_who_need_help_first() -> None:
    kept = house()
    kept.order(
        PersonEntered(
            id="p1", at=kept.now, by="d1", subject=BO, flat=OTHER_FLAT, care=(Care.DISABLED, Care.LIVES_ALONE)
        )
    )
    kept.quarantine(ANNA, FLAT)
    kept.show(IN, subject="aaaaaaaaaaaaaaaa", cti="1111111111111111", holder="visitor")
    found = muster(Shown(kept.state), kept.state.inside, "palm")
    assert [(who.subject, who.flat) for who in found] == [
        (BO, OTHER_FLAT),
        (ANNA, FLAT),
        ("aaaaaaaaaaaaaaaa", ""),
    ]
    assert found[0].care == (Care.DISABLED, Care.LIVES_ALONE)
    kept.show(OUT, subject="aaaaaaaaaaaaaaaa", cti="1111111111111111", holder="visitor")
    assert "aaaaaaaaaaaaaaaa" not in {who.subject for who in muster(Shown(kept.state), kept.state.inside, "palm")}
