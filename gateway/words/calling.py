"""Whom an alert calls, in words of both languages.

Floor 2, a pure room.
"""

from collections.abc import Mapping

from gateway.calling import ResponderRole
from gateway.words.language import Words

CALLED: Mapping[ResponderRole, Words] = {
    ResponderRole.BUILDING_HEAD: Words("楼组长", "Stairwell head"),
    ResponderRole.DUTY_OFFICER: Words("值班人员", "Duty officer"),
    ResponderRole.DOCTOR: Words("医生", "Doctor"),
    ResponderRole.POLICE: Words("民警", "Police"),
    ResponderRole.SECRETARY: Words("书记", "Secretary"),
    ResponderRole.INSTALLER: Words("安装员", "Installer"),
}
