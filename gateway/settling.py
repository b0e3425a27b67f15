"""A new configuration or a step of the clock in, the state moved along out.

Floor 3, a pure room. When the clock is set, what lasts goes on lasting as long; what is of the calendar stays there.
"""

from datetime import timedelta

from msgspec.structs import replace

from gateway.events import ClockSet, ConfigLoaded
from gateway.state import State


def settle_in(loaded: ConfigLoaded, state: State) -> None:
    """What the house is to look after from now on, and by which figures."""
    state.fingerprint = loaded.fingerprint
    state.site = loaded.site
    state.limits = loaded.limits
    state.reports = loaded.reports
    state.profiles = {profile.name: profile for profile in loaded.profiles}
    # what an order chose stays in force until the configuration says something else than it did
    if loaded.profile != state.profile_configured or state.profile not in state.profiles:
        state.profile = loaded.profile
        state.profile_since = loaded.at
    state.profile_configured = loaded.profile


def set_clock(clock: ClockSet, state: State) -> timedelta:
    """By how much the clock moved."""
    state.heard = clock.heard
    state.clock_trusted = clock.clock_trusted
    step = timedelta(seconds=clock.seconds)
    for band, hot in state.hot.items():
        state.hot[band] = replace(hot, times=tuple(at + step for at in hot.times))
    for lane, passing in state.passings.items():
        state.passings[lane] = replace(passing, at=passing.at + step)
    for lane, heat in state.heat.items():
        state.heat[lane] = replace(heat, at=heat.at + step)
    for gate, forgeries in state.forgeries.items():
        state.forgeries[gate] = replace(forgeries, times=tuple(at + step for at in forgeries.times))
    return step
