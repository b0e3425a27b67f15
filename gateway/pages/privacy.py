"""The journal in, the last looks at people's data out, for the chief: who, which page, which flat, when."""

from fastapi import APIRouter
from fastapi.responses import Response

from gateway.orders import FlatLookedUp
from gateway.orders_gate import LookAsked
from gateway.orders_staff import DataLookedAt
from gateway.pages.desk import Visiting
from gateway.pages.page import page

router = APIRouter()

MOST_SHOWN = 200
LOOKS = (DataLookedAt, FlatLookedUp, LookAsked)


@router.get("/privacy")
async def privacy(visit: Visiting) -> Response:
    bodies = await visit.desk.house.recorded(tuple(kind.__name__ for kind in LOOKS), MOST_SHOWN)
    looks = []
    for body in bodies:
        match body:
            case DataLookedAt():
                looks.append((body.at, body.by, body.what, body.about))
            case FlatLookedUp():
                looks.append((body.at, body.by, "/guard/flat", body.flat))
            case LookAsked():  # through a lane's camera
                looks.append((body.at, body.by, f"/look: {body.reason}", body.lane))
            case _:
                pass
    return page(visit, "privacy.html", "/staff", looks=looks, name_of=visit.desk.name_of, path=visit.desk.path)
