"""A new configuration or a step of the clock in, the state moved along out.

Floor 3, a pure room. When the clock is set, what lasts goes on lasting as long; what is of the calendar stays there.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from gateway.batteries import shifted
from gateway.events.every import ClockSet, ConfigLoaded
from gateway.profile import limits_in_force
from gateway.state.state import State
from gateway.temperatures import moved


def settle_in(loaded: ConfigLoaded, state: State) -> None:
    """What the house is to look after from now on, and by which figures."""
    state.fingerprint = loaded.fingerprint
    state.site = loaded.site
    state.limits_configured = loaded.limits
    state.reports = loaded.reports
    state.window_rules = loaded.window_rules
    state.calling = loaded.calling
    state.round_rules = loaded.round_rules
    state.profiles = {profile.name: profile for profile in loaded.profiles}
    # what an order chose stays in force until the configuration says something else than it did
    if loaded.profile != state.profile_configured or state.profile not in state.profiles:
        choose(loaded.profile, loaded.at, state)
    state.profile_configured = loaded.profile
    state.limits = limits_in_force(state.limits_configured, state.asked)
    _forget_unasked(state)


def choose(profile: str, at: datetime, state: State) -> None:
    """From now on this profile is in force."""
    state.profile = profile
    state.profile_since = at
    state.limits = limits_in_force(state.limits_configured, state.asked)
    _forget_unasked(state)


def _forget_unasked(state: State) -> None:
    """What is kept for a rule that is off is kept for nothing."""
    if not state.asked.quota_people:
        state.outings.clear()
    if not state.asked.inside_outside:
        state.outside.clear()
    if not state.asked.thermometer:
        state.heat.clear()


def set_clock(clock: ClockSet, state: State) -> timedelta:
    """By how much the clock moved."""
    step = timedelta(seconds=clock.seconds)
    if not state.clock_trusted:  # what was spent since nobody knew the hour was dated by it
        for cti, spent in state.spent_here.items():
            if spent.at >= state.sure:
                state.spent_here[cti] = replace(spent, until=spent.until + step)
                state.spent[cti] = spent.until + step
    state.heard = clock.heard
    state.clock_trusted = clock.clock_trusted
    for band, hot in state.hot.items():
        since = hot.since and hot.since + step
        state.hot[band] = replace(hot, times=tuple(at + step for at in hot.times), since=since)
    for band, risen in state.risen.items():
        state.risen[band] = replace(risen, times=tuple(at + step for at in risen.times))
    for band, at in state.high.items():
        state.high[band] = at + step
    for band, baseline in state.baselines.items():
        state.baselines[band] = moved(baseline, step)
    for care, life in state.lives.items():
        state.lives[care] = life.shifted(step)
    for device, battery in state.batteries.items():
        state.batteries[device] = shifted(battery, step)
    for drill_id, drill in state.drills.items():
        state.drills[drill_id] = replace(drill, at=drill.at + step, until=drill.until + step)
    for lane, passing in state.passings.items():
        state.passings[lane] = replace(passing, at=passing.at + step)
    for lane, heat in state.heat.items():
        state.heat[lane] = replace(heat, at=heat.at + step)
    for gate, forgeries in state.forgeries.items():
        state.forgeries[gate] = replace(forgeries, times=tuple(at + step for at in forgeries.times))
    for alert in [each for each in state.alerts.values() if each.cancel_until is not None]:
        state.alerts[alert.id] = replace(alert, cancel_until=alert.cancel_until and alert.cancel_until + step)
    return step
