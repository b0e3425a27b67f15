"""What ought not to happen, how bad each of it is, and what somebody must have seen. Words: gateway/words/kinds.py.

Floor 2, a pure room. Who sees which stands in gateway/pages/access.py.
"""

from enum import StrEnum


class Kind(StrEnum):
    """What ought not to happen."""

    FIRE = "fire"
    QUARANTINED_PERSON_LEFT = "quarantined_person_left"
    QUARANTINED_PERSON_AT_GATE = "quarantined_person_at_gate"
    QUARANTINE_DOOR_OPENED = "quarantine_door_opened"
    QUARANTINE_DOOR_LEFT_OPEN = "quarantine_door_left_open"
    QUARANTINE_DOOR_OPENED_AT_NIGHT = "quarantine_door_opened_at_night"
    DOOR_SENSOR_DOUBTED = "door_sensor_doubted"
    FIRE_SUSPECTED = "fire_suspected"
    FIRE_EXIT_OPENED = "fire_exit_opened"
    FIRE_EXIT_LEFT_OPEN = "fire_exit_left_open"
    FIRE_EXIT_BLOCKED = "fire_exit_blocked"
    SEALED_GATE_OPENED = "sealed_gate_opened"
    SEALED_GATE_LEFT_OPEN = "sealed_gate_left_open"
    SERVICE_UNANSWERED = "service_unanswered"
    SERVICE_MISSED = "service_missed"
    FEVER = "fever"
    FEVER_HIGH = "fever_high"
    FEVER_RISING = "fever_rising"
    BAND_TAKEN_OFF = "band_taken_off"
    BAND_AT_GATE = "band_at_gate"
    BAND_LEFT_FLAT = "band_left_flat"
    BAND_GONE = "band_gone"
    HELP_CALLED = "help_called"
    FALL = "fall"
    INACTIVE = "inactive"
    METER_SILENT = "meter_silent"
    BAND_FORGED = "band_forged"
    NEIGHBOUR_FORGED = "neighbour_forged"
    SENSOR_TAMPERED = "sensor_tampered"
    BATTERY_LOW = "battery_low"
    SIGHTINGS_LOST = "sightings_lost"
    DOOR_SILENT = "door_silent"
    BAND_SILENT = "band_silent"
    CAMERA_SILENT = "camera_silent"
    SCANNER_SILENT = "scanner_silent"
    BUILDING_SILENT = "building_silent"
    RADIO_DEAF = "radio_deaf"
    CABLE_LOST = "cable_lost"
    OUTPUT_FAILED = "output_failed"
    CLOCK_NOT_TRUSTED = "clock_not_trusted"
    JOURNAL_FULL = "journal_full"
    JOURNAL_LOST = "journal_lost"
    NOT_LOOKED_AFTER = "not_looked_after"
    SAID_UNWELL = "said_unwell"
    NOT_AT_HOME = "not_at_home"
    THERMOMETER_SILENT = "thermometer_silent"
    FORGERIES_AT_GATE = "forgeries_at_gate"
    NOT_ARRIVED = "not_arrived"
    PASS_USED_TWICE = "pass_used_twice"  # noqa: S105 (no password: a kind of alert)
    NEIGHBOURS_AWAY = "neighbours_away"
    CAMERA_COVERED = "camera_covered"
    CAMERA_DARK = "camera_dark"
    CAMERA_BLURRED = "camera_blurred"
    CAMERA_TURNED = "camera_turned"
    CAMERA_FROZEN = "camera_frozen"
    NOBODY_AT_LANE = "nobody_at_lane"
    COURIER_OVERDUE = "courier_overdue"
    BOOK_UNREADABLE = "book_unreadable"
    PINS_GUESSED = "pins_guessed"


class Severity(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


SEVERITY: dict[Kind, Severity] = {
    Kind.FIRE: Severity.CRITICAL,
    Kind.QUARANTINED_PERSON_LEFT: Severity.CRITICAL,
    Kind.HELP_CALLED: Severity.CRITICAL,
    Kind.FALL: Severity.CRITICAL,
    Kind.INACTIVE: Severity.HIGH,
    Kind.METER_SILENT: Severity.LOW,
    Kind.QUARANTINED_PERSON_AT_GATE: Severity.HIGH,
    Kind.QUARANTINE_DOOR_OPENED: Severity.HIGH,
    Kind.QUARANTINE_DOOR_LEFT_OPEN: Severity.HIGH,
    Kind.QUARANTINE_DOOR_OPENED_AT_NIGHT: Severity.CRITICAL,
    Kind.DOOR_SENSOR_DOUBTED: Severity.HIGH,
    Kind.FIRE_SUSPECTED: Severity.CRITICAL,
    Kind.FIRE_EXIT_OPENED: Severity.HIGH,
    Kind.FIRE_EXIT_LEFT_OPEN: Severity.HIGH,
    Kind.FIRE_EXIT_BLOCKED: Severity.HIGH,
    Kind.SEALED_GATE_OPENED: Severity.HIGH,
    Kind.SEALED_GATE_LEFT_OPEN: Severity.HIGH,
    Kind.SERVICE_UNANSWERED: Severity.MEDIUM,
    Kind.SERVICE_MISSED: Severity.MEDIUM,
    Kind.FEVER: Severity.HIGH,
    Kind.FEVER_HIGH: Severity.CRITICAL,
    Kind.FEVER_RISING: Severity.MEDIUM,
    Kind.BAND_TAKEN_OFF: Severity.HIGH,
    Kind.BAND_AT_GATE: Severity.HIGH,
    Kind.BAND_LEFT_FLAT: Severity.HIGH,
    Kind.BAND_GONE: Severity.HIGH,
    Kind.BAND_FORGED: Severity.HIGH,
    Kind.NEIGHBOUR_FORGED: Severity.HIGH,
    Kind.SENSOR_TAMPERED: Severity.HIGH,
    Kind.BUILDING_SILENT: Severity.HIGH,
    Kind.RADIO_DEAF: Severity.HIGH,
    Kind.CABLE_LOST: Severity.HIGH,
    Kind.OUTPUT_FAILED: Severity.HIGH,
    Kind.CAMERA_SILENT: Severity.HIGH,
    Kind.JOURNAL_FULL: Severity.HIGH,
    Kind.JOURNAL_LOST: Severity.CRITICAL,
    Kind.NOT_LOOKED_AFTER: Severity.HIGH,
    Kind.SAID_UNWELL: Severity.HIGH,
    Kind.NOT_AT_HOME: Severity.CRITICAL,
    Kind.FORGERIES_AT_GATE: Severity.HIGH,
    Kind.NOT_ARRIVED: Severity.HIGH,
    Kind.PASS_USED_TWICE: Severity.HIGH,
    Kind.NEIGHBOURS_AWAY: Severity.MEDIUM,
    Kind.THERMOMETER_SILENT: Severity.MEDIUM,
    Kind.CAMERA_COVERED: Severity.HIGH,
    Kind.CAMERA_TURNED: Severity.HIGH,
    Kind.CAMERA_FROZEN: Severity.HIGH,
    Kind.NOBODY_AT_LANE: Severity.HIGH,
    Kind.BOOK_UNREADABLE: Severity.HIGH,
    Kind.PINS_GUESSED: Severity.HIGH,
    Kind.CAMERA_DARK: Severity.MEDIUM,
    Kind.CAMERA_BLURRED: Severity.MEDIUM,
    Kind.DOOR_SILENT: Severity.MEDIUM,
    Kind.BAND_SILENT: Severity.MEDIUM,
    Kind.SCANNER_SILENT: Severity.MEDIUM,
    Kind.CLOCK_NOT_TRUSTED: Severity.MEDIUM,
    Kind.SIGHTINGS_LOST: Severity.MEDIUM,
    Kind.BATTERY_LOW: Severity.LOW,
    Kind.COURIER_OVERDUE: Severity.LOW,
}


MOMENTARY = frozenset(
    {
        Kind.QUARANTINED_PERSON_LEFT,
        Kind.QUARANTINED_PERSON_AT_GATE,
        Kind.HELP_CALLED,
        Kind.FALL,
        Kind.BAND_FORGED,
        Kind.NEIGHBOUR_FORGED,
        Kind.SIGHTINGS_LOST,
        Kind.JOURNAL_FULL,
        Kind.JOURNAL_LOST,
        Kind.SAID_UNWELL,
        Kind.NOT_AT_HOME,
        Kind.FORGERIES_AT_GATE,
        Kind.PASS_USED_TWICE,
    }
)
"""Happenings with no condition that could end by itself: they stay until somebody closes them."""

MUST_BE_SEEN = MOMENTARY | {
    Kind.FIRE,
    Kind.QUARANTINE_DOOR_OPENED,
    Kind.QUARANTINE_DOOR_LEFT_OPEN,
    Kind.QUARANTINE_DOOR_OPENED_AT_NIGHT,
    Kind.DOOR_SENSOR_DOUBTED,
    Kind.FIRE_SUSPECTED,
    Kind.SERVICE_MISSED,
    Kind.FEVER,
    Kind.FEVER_HIGH,
    Kind.BAND_TAKEN_OFF,
    Kind.BAND_AT_GATE,
    Kind.BAND_LEFT_FLAT,
    Kind.BAND_GONE,
    Kind.SENSOR_TAMPERED,
    Kind.PINS_GUESSED,
    Kind.NOT_ARRIVED,
}
"""A door that shut again does not say who went out: these stay until somebody has acknowledged them."""
