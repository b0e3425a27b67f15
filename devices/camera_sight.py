"""The pictures of one camera in, with their second; what keeps it from seeing its lane out, if anything does.

Covered and dark are seen in a single picture; blurred and turned away by what this camera is used to. A fault must have
lasted before it is stated, and be gone for a while before it is taken back. While there is one nothing is learned: a
camera that looks at the wall does not get used to it. A new direction is taken for the right one once people have shown
codes there, one after the other: that is what an installer does who has turned it on purpose. Codes read through what
was taken for a hand do the same: it looked at something richer when it was opened.

Measured on three clips: sharpness 0.63 to 1.1, out of focus by a disk of 9 pixels at 720p 0.31 to 0.40; a static
background matches by 0.97, with half of it hidden by people by 0.55 to 0.9, another one by 0 to 0.45.
"""

from devices.qr_reading import Gray
from devices.reading import SightFault, SightSeen
from devices.sight_background import Background
from devices.sight_measures import Measures, measure

LOOKS_PER_SECOND = 4.0  # more tell nothing new
LONGEST_STEP = 1.0  # seconds that one look may count for, however long ago the last one was
STATED_AFTER = 5.0
TURNED_AFTER = 6.5  # a person who stands in front is no turned camera
OVER_AFTER = 3.0
LEARNED_AFTER = 60.0  # seconds of seeing well

DARK, LIGHT_AGAIN = 20.0, 28.0  # gray; codes were read down to a fifth of the light of an ordinary picture, 30 to 40
BLACK_RANGE = 4.0  # gray levels: darker than dark with nothing in it is a cap on the lens
BARE, BARE_NO_MORE = 0.02, 0.03  # detail
BARE_OF_LEARNED, BARE_NO_MORE_OF_LEARNED = 0.15, 0.25
BLURRED, SHARP_AGAIN = 0.6, 0.75  # sharpness, of what it was
ELSEWHERE, HERE = 0.5, 0.55  # how the background matches
SHOWINGS = 3  # of codes in a new direction, until that is the right one
APART_SECONDS = 3.0  # between two showings


class CameraSight:
    """Show it every picture that was read; `seen` is what is to be said of them, None while nothing is known."""

    def __init__(self) -> None:
        self.seen: SightSeen | None = None
        self._background = Background()
        self._looked = float("-inf")
        self._code_at = float("-inf")
        self._showings = 0
        self._clear_for = 0.0
        self._lasted: dict[SightFault, float] = {}

    def look(self, gray: Gray, at_seconds: float, *, code: bool) -> None:
        """One picture; `code`: one was read in it."""
        if code:
            self._note_code(at_seconds)
        since = at_seconds - self._looked
        if since < 1 / LOOKS_PER_SECOND:
            return
        self._looked = at_seconds
        step = min(since, LONGEST_STEP)
        seen = measure(gray)
        if not self._background.fits(seen):
            self._background = Background()  # another size of picture
        code = at_seconds - self._code_at < APART_SECONDS
        stated = self.seen.fault if self.seen is not None else None
        found = self._fault_in(seen, stated, code=code)
        if found is None and stated is None:
            self._background.learn(seen, step, code=code)
        self._weigh(found, stated, step)

    def _note_code(self, at_seconds: float) -> None:
        apart = at_seconds - self._code_at >= APART_SECONDS
        self._code_at = at_seconds
        if self.seen is None or self.seen.fault not in (SightFault.TURNED, SightFault.COVERED):
            self._showings = 0
        elif apart:
            self._showings += 1
            if self._showings >= SHOWINGS:
                self._background = Background()

    def _fault_in(self, seen: Measures, stated: SightFault | None, *, code: bool) -> SightFault | None:
        """The worst that is wrong with this picture. Bounds are wider for what is stated, so that it holds."""
        learned = self._background
        if seen.light < (LIGHT_AGAIN if stated in (SightFault.DARK, SightFault.COVERED) else DARK):
            return SightFault.COVERED if seen.range < BLACK_RANGE else SightFault.DARK
        covered = stated is SightFault.COVERED
        bare = BARE_NO_MORE if covered else BARE
        bare_of_learned = BARE_NO_MORE_OF_LEARNED if covered else BARE_OF_LEARNED
        if seen.detail < max(bare, bare_of_learned * learned.detail):
            return SightFault.COVERED
        sharp = SHARP_AGAIN if stated is SightFault.BLURRED else BLURRED
        if not code and 0 < seen.sharpness < sharp * learned.sharpness:
            return SightFault.BLURRED
        turned = stated is SightFault.TURNED
        if learned.seconds < LEARNED_AFTER or (code and not turned):  # who holds a code close up hides the rest
            return None
        match = learned.match(seen)
        return SightFault.TURNED if match is not None and match < (HERE if turned else ELSEWHERE) else None

    def _weigh(self, found: SightFault | None, stated: SightFault | None, step: float) -> None:
        """What lasts is stated. A look that says otherwise takes back twice what it would have given."""
        if found is None:
            self._clear_for += step
            self._lasted = {fault: left for fault, s in self._lasted.items() if (left := s - 2 * step) > 0}
            if self._clear_for >= OVER_AFTER:
                self._state(None)
            return
        self._clear_for = max(0.0, self._clear_for - 2 * step)
        needed = TURNED_AFTER if found is SightFault.TURNED else STATED_AFTER
        self._lasted[found] = min(needed, self._lasted.get(found, 0.0) + step)
        # a hand on the lens is covered, then dark, then covered: together they have lasted
        lasted = self._lasted[found] if stated is not None else sum(self._lasted.values())
        if lasted >= needed:
            self._state(max(self._lasted, key=lambda fault: self._lasted[fault]) if stated is None else found)

    def _state(self, fault: SightFault | None) -> None:
        if fault is None:
            self._lasted.clear()
        else:
            self._clear_for = 0.0
        self.seen = SightSeen(fault, learned=self._background.seconds >= LEARNED_AFTER)
