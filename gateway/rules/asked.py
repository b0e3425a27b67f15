"""A pass that is good in; what the profile in force has against it, or that its person is expected in or back, out.

Residents are never kept out of their homes: cap and curfew on the way in are for those who live elsewhere. Who has to
work at night is on no curfew, and nobody but a household has a quota.
"""

from zoneinfo import ZoneInfo

from gateway.compound import Direction, Lane, Places
from gateway.events.every import PassShown
from gateway.findings import Reason
from gateway.passes.gate_pass import Kind
from gateway.profile import Profile
from gateway.rules.arrivals import expected
from gateway.rules.returns import away_from
from gateway.state.state import State

AT_HOME = frozenset({Kind.RESIDENT, Kind.OBSERVED})
AT_WORK = frozenset({Kind.STAFF, Kind.VOLUNTEER})


def asked_for(shown: PassShown, lane: Lane, direction: Direction, state: State, places: Places) -> Reason | None:
    profile = state.asked
    zone = ZoneInfo(places.compounds[lane.compound].timezone)
    who = shown.subject or shown.cti
    if direction is Direction.IN:
        if away_from(shown.subject, lane.compound, state, places) is not None:
            return Reason.BACK_HOME  # whatever the books say of inside: an ambulance scans nothing
        came = state.inside.get(who)
        if profile.inside_outside and came is not None and came >= state.profile_since:
            return Reason.ALREADY_INSIDE
        if shown.holder not in AT_HOME and profile.head_cap:
            inside = sum(place == lane.compound for guest, place in state.guests.items() if guest != who)
            if inside >= profile.head_cap:
                return Reason.FULL
        if shown.holder not in AT_HOME | AT_WORK and profile.in_curfew(shown.at, zone):
            return Reason.CURFEW
        return Reason.EXPECTED if expected(shown.subject, lane.compound, state, places) is not None else None
    if profile.inside_outside and who in state.outside:
        return Reason.NOT_INSIDE
    if shown.holder not in AT_HOME:
        return None
    if profile.quota_people and (found := _of_household(shown, profile, zone, state)) is not None:
        return found
    return Reason.CURFEW if profile.in_curfew(shown.at, zone) else None


def _of_household(shown: PassShown, profile: Profile, zone: ZoneInfo, state: State) -> Reason | None:
    person = state.people.get(shown.subject)
    flat = shown.flat if person is None else person.flat
    if not flat:
        return Reason.CANNOT_CHECK  # nobody said of which household they are
    since = profile.quota_since(shown.at, zone)
    gone = [at for at in state.outings.get(flat, ()) if at.astimezone(zone).date() >= since]
    return Reason.QUOTA if len(gone) >= profile.quota_people else None
