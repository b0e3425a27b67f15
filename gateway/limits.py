"""Every figure the rules go by, as one value. Journaled with the site, so that a replay judges by the same figures.

Floor 2, a pure room. Seconds are on the house's clock, temperatures in degrees Celsius on the wrist.
"""

from msgspec import Struct


class Limits(Struct, frozen=True):
    """The defaults are for an epidemic; menshen.toml `[limits]` overrides them one by one."""

    # at the lane
    repeat_seconds: float = 5.0  # the same code again at the same lane is one passing
    lane_hot_celsius: float = 37.3  # what the lane's thermometer says; its driver adds what skin is cooler by
    hot_seconds: float = 10.0  # a hot reading so long before or after a shown pass is of whoever showed it
    forgeries_at_gate: int = 3  # so many forged or withdrawn passes at one gate ...
    forgeries_period_seconds: float = 600.0  # ... within so long are somebody at work
    wrong_pins_a_day: int = 20  # so many for one member within 24 hours, or ...
    wrong_pins_a_week: int = 50  # ... within seven days, are somebody guessing; three times as many for all together
    plate_confidence: float = 0.85  # a plate read with less, of 1, is the guard's to look at
    unattended_seconds: float = 60.0  # somebody was referred so long ago, others wait, and no guard rules; 0: never
    courier_overdue_seconds: float = 3600.0  # a courier inside for so long is asked after on the guard's page; 0: never
    courier_alert_seconds: float = 0.0  # and after so long raises an alert of low severity; 0: never
    # quarantine doors
    left_open_seconds: float = 120.0
    comes_home_seconds: float = 1800.0  # from the lane to their own door, and in: they must open it for that
    comes_in_seconds: float = 120.0  # and so long after it first shut behind them, with the luggage
    window_early_seconds: float = 300.0  # whoever brings the food comes so much earlier ...
    window_late_seconds: float = 300.0  # ... or later than the window says
    night_begins_hour: float = 22.0  # opened at night is another kind; equal hours: there is no night
    night_ends_hour: float = 6.0
    chatter_openings: int = 4  # more openings than that ...
    chatter_seconds: float = 60.0  # ... within so long are one that chatters; 0: none does
    door_fresh_seconds: float = 150.0  # heard so lately, a door found open was opened just now
    fire_doors: int = 4  # so many doors of one building that nobody had permitted to open ...
    fire_doors_seconds: float = 60.0  # ... within so long: a fire is suspected; 0 doors: never
    fire_hold_seconds: float = 1800.0  # a suspicion holds single doors back for so long and no longer
    door_doubt_seconds: float = 43200.0  # seen elsewhere, and their door has not opened for so long
    door_doubt_settle_seconds: float = 60.0  # a ring may tell of the opening a little later
    exit_left_open_seconds: float = 60.0  # a fire exit or a sealed gate
    exit_blocked_seconds: float = 120.0  # something stands in a fire exit
    late_settle_seconds: float = 2.0  # a ring delivers "open" and "shut" of long ago in one breath: wait for both
    # wristbands. 37.3 is the threshold of China's 2020-22 gate screening (WS/T 697-2020 and the notices after it)
    fever_celsius: float = 37.3
    fever_readings: int = 3
    fever_period_seconds: float = 1800.0
    fever_held_seconds: float = 300.0  # from the first of them: a cup of tea warms a wrist for a minute or two
    fever_over_below: float = 37.0
    fever_high_celsius: float = 39.0  # twice in a row: told at once
    # a wrist reads 36.2 where the ear reads 37.3 (Chen et al. 2020); alone that would be a fever for one in three
    fever_rise_celsius: float = 0.8  # over the wearer's own usual temperature ...
    fever_rise_least_celsius: float = 36.2  # ... and at least this warm ...
    fever_rise_held_seconds: float = 5400.0  # ... for so long: an hour under a blanket is none ...
    fever_rise_hours: float = 12.0  # ... come within so many hours: slower is the heating or the sensor
    taken_off_seconds: float = 60.0
    taken_off_at_home_seconds: float = 2700.0  # behind a door that was heard and stayed shut: a shower, a bath
    taken_off_unlikely_seconds: float = 1800.0  # at an hour, or so soon after the last, that it is hardly a shower
    taken_off_others_door_seconds: float = 1500.0  # somebody else took the food in meanwhile
    taken_off_at_night_seconds: float = 1200.0  # from midnight to five
    fall_cancel_seconds: float = 25.0  # so long may a wearer say that a fall was nothing before phones are told; 0: not
    fall_cancel_from_seconds: float = 3.0  # the fall itself may press the button
    # where a band is, by the receivers that hear it (docs/engineer.md, "Presence")
    presence_window_seconds: float = 60.0  # signal strengths so old count at most; gates look at a third of it
    presence_confirm_seconds: float = 30.0  # "left" and "gone" must hold so long before they are believed
    presence_floor_dbm: float = -97.0  # a median below this in the flat is not in the flat
    presence_gate_dbm: float = -85.0  # a median above this is at the gate
    presence_margin_db: float = 12.0  # louder elsewhere by so much is not in the flat
    presence_hysteresis_db: float = 6.0  # and to be back takes so much more
    left_flat_seconds: float = 180.0  # out so long, by presence, before somebody is told
    band_gone_seconds: float = 300.0  # heard nowhere so long, after it was in the flat, before somebody is told
    presence_settle_seconds: float = 90.0  # after a radio hears again, before its silence means anything
    # those who live alone and agreed to it
    inactive_door_hours: float = 24.0  # no movement of the door
    inactive_water_hours: float = 12.0  # fewer pulses of the water meter than ...
    inactive_water_pulses: int = 5  # ... so many: a flush is six litres
    # what the condenser lets through of a band's chatter
    temperature_every_seconds: float = 900.0  # besides each that moves a rule
    hot_every_seconds: float = 10.0
    # silence: each sensing path has a limit of its own
    door_silent_seconds: float = 600.0
    band_silent_seconds: float = 900.0
    camera_silent_seconds: float = 60.0
    scanner_silent_seconds: float = 0.0  # 0: a hand scanner says nothing while nobody scans; its cable is watched
    thermometer_silent_seconds: float = 60.0
    neighbour_silent_seconds: float = 120.0
    meter_silent_seconds: float = 7200.0
    dark_sensors: int = 4  # so many doors or bands of one building ...
    dark_within_seconds: float = 300.0  # ... silent within so long: one alert for the building; 0 sensors: never
    lane_link_seconds: float = 8.0  # a camera or scanner at a lane was unplugged: people stand there
    radio_silent_seconds: float = 120.0
    cable_silent_seconds: float = 30.0
    output_silent_seconds: float = 10.0  # a relay that is gone: the guard opens by hand, and is to know it by then
    # alerts: so soon somebody is to have taken it, and so soon it is to be put right, by severity
    take_critical_seconds: float = 120.0
    take_high_seconds: float = 600.0
    take_medium_seconds: float = 7200.0
    take_low_seconds: float = 86_400.0
    right_critical_seconds: float = 1800.0
    right_high_seconds: float = 7200.0
    right_medium_seconds: float = 86_400.0
    right_low_seconds: float = 604_800.0
    # batteries
    battery_low_percent: int = 15
    battery_low_millivolts: int = 3300
