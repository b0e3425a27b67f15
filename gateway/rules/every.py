"""Every rule of the house, in the order in which they are asked."""

from gateway.rules.admission import Admission
from gateway.rules.arrivals import Arrivals
from gateway.rules.books import Books
from gateway.rules.care import CareEnds
from gateway.rules.charges import Charges
from gateway.rules.couriers import Couriers
from gateway.rules.dark import DarkBuildings
from gateway.rules.door_doubt import DoorDoubt
from gateway.rules.drills import Drills
from gateway.rules.exits import Exits
from gateway.rules.fever import Fever
from gateway.rules.fire import Fire
from gateway.rules.inactivity import Inactivity
from gateway.rules.lane_heat import LaneHeat
from gateway.rules.life import AlertLife
from gateway.rules.looks import Looks
from gateway.rules.neighbours import Neighbours
from gateway.rules.pins import GuessedPins
from gateway.rules.presence import Presence
from gateway.rules.quarantine_door import QuarantineDoor
from gateway.rules.rounds import Rounds
from gateway.rules.rule import Rule
from gateway.rules.services import Services
from gateway.rules.shifts import Shifts
from gateway.rules.sight import Sight
from gateway.rules.silence import Silence
from gateway.rules.stays import Stays
from gateway.rules.unattended import Unattended
from gateway.rules.undo import Undo
from gateway.rules.wearing import Wearing

RULES: tuple[Rule, ...] = (
    Fire(),
    Undo(),  # writes down what the books say before Admission moves them on
    Admission(),
    LaneHeat(),
    Neighbours(),
    Arrivals(),
    QuarantineDoor(),
    DoorDoubt(),  # reads what QuarantineDoor has noted
    Exits(),
    Fever(),
    Wearing(),
    Presence(),  # after Wearing: a band that was put on is worn
    DarkBuildings(),  # before Silence: what a building explains is held from its beginning
    Silence(),
    Stays(),
    CareEnds(),
    Drills(),
    Charges(),
    Inactivity(),
    Services(),  # looks whether a stay is left
    Sight(),
    Books(),
    GuessedPins(),
    Unattended(),  # reads what Admission has decided
    Couriers(),  # so does this
    Looks(),
    Shifts(),  # and this counts who is still inside
    Rounds(),
    AlertLife(),
)
