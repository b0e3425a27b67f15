"""What is known of models of devices: how long each may say nothing. menshen.toml `[models.<name>]` adds to these.

Floor 2, a pure room. A device without a model is judged by its kind ([limits]). Most battery contacts sleep for an hour
and more; judged by the limit of a node on a cable they would be missed all day.
"""

from collections.abc import Mapping

from msgspec import Struct


class Model(Struct, frozen=True):
    """`silent_seconds`: 0 for one whose silence means nothing."""

    name: str
    silent_seconds: float


MODELS: Mapping[str, Model] = {
    model.name: model
    for model in (
        Model("menshen-door-node", 600.0),  # beats once a minute (firmware_bridges/README.md)
        Model("bthome-band", 900.0),  # an advert every few seconds; 15 min is a shower and a walk to the cellar
        Model("hts-band", 3600.0),  # measures when its wearer asks it to, or each half hour
        Model("zigbee-battery", 90_000.0),  # 25 h: zigbee2mqtt.io, "Device-Availability", passive devices
        Model("zigbee-mains", 900.0),  # 10 min by the same page, and time to be pinged
        Model("pulse-meter", 7200.0),
    )
}
