"""What cameras say of their own sight in, the changes of it out. A camera says it anew after each start of its link.

Floor 3, a pure room, and no part of the fold.
"""

from collections.abc import Mapping

from devices.reading import SightFault, SightSeen

# seen without knowing what the camera is used to
AT_ONCE = frozenset({SightFault.COVERED, SightFault.DARK, SightFault.FROZEN})


class Sights:
    """What was last told to be wrong with each camera; `told` is what the fold holds."""

    def __init__(self, told: Mapping[str, SightFault]) -> None:
        self._told = dict(told)

    def is_new(self, camera: str, seen: SightSeen) -> bool:
        """Is it to be told? That all is well only if the camera can know: after a start it must learn its view."""
        told = self._told.get(camera)
        if seen.fault == told or (seen.fault is None and not seen.learned and told not in AT_ONCE):
            return False
        if seen.fault is None:
            del self._told[camera]
        else:
            self._told[camera] = seen.fault
        return True
