"""A code's text and a seed in; how somebody holds it before a camera out: turned, tilted, out of focus, badly lit."""

import random

from sim.picture import Carrier, Showing


def held(text: str, seed: str) -> Showing:
    """Never so badly that no camera could read it: whoever is not read holds it straighter."""
    dice = random.Random(seed)
    return Showing(
        text=text,
        carrier=dice.choice(list(Carrier)),
        degrees=dice.uniform(-35, 35),
        tilt=dice.uniform(0, 0.12),
        pixels=dice.uniform(3.6, 4.4),
        blur=dice.uniform(0.4, 1.1),
        contrast=dice.uniform(0.5, 1.0),
        light=dice.uniform(5, 60),
        shade=dice.uniform(0, 0.4),
        from_left=dice.random() < 0.5,
    )
