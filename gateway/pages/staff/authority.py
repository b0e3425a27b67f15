"""The gateway's own authority in, the files by which a phone comes to trust it out. No log-in: they are no secret."""

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from gateway.pages.desk import Visiting

router = APIRouter()

TYPES = {"/ca.crt": "application/x-x509-ca-cert", "/ca.mobileconfig": "application/x-apple-aspen-config"}


@router.get("/ca.crt")
async def certificate(visit: Visiting) -> Response:
    return _file(visit)


@router.get("/ca.mobileconfig")
async def profile(visit: Visiting) -> Response:
    return _file(visit)


def _file(visit: Visiting) -> Response:
    found = visit.desk.settings.authority.get(visit.path)
    if found is None:
        raise HTTPException(404)
    name = f"menshen-{visit.path.removeprefix('/')}"
    return Response(
        found, media_type=TYPES[visit.path], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
