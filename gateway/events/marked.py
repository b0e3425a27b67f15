"""What every event of a sensing path has: was it part of a drill?

Floor 2, a pure room. The gatekeeper sets the mark by the drills that are on (gateway/drills.py) before it writes the
event down; a device never says so itself. What has its default is left out of the journal's body: there are many.
"""

from msgspec import Struct


class Marked(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`drill`: it happened where a drill was on."""

    drill: bool = False
