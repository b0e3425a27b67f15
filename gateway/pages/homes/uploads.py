"""A form with one file in, its fields and the file's bytes out; the file stays in memory, for it may hold names."""

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from gateway.pages.forms import Fields

MOST_UPLOAD_BYTES = 8_100_000  # gateway/registry/roll_files.py takes 8 MB
UPLOADS = frozenset({"/registry/import"})  # the addresses that take such a form


async def read_upload(request: Request) -> tuple[Fields, bytes]:
    """Raises HTTPException(400) for any other kind of form. May be asked twice of one request."""
    kept: tuple[Fields, bytes] | None = getattr(request.state, "upload", None)
    if kept is not None:
        return kept
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise HTTPException(400, "content-type")
    parser = MultiPartParser(request.headers, request.stream(), max_files=1, max_fields=8)
    parser.spool_max_size = MOST_UPLOAD_BYTES + 1  # above the largest body: none goes to a file under /tmp
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError) as exc:  # KeyError: no boundary is named
        raise HTTPException(400, "form") from exc
    file = next((value for value in form.values() if isinstance(value, UploadFile)), None)
    data = b"" if file is None else await file.read()
    await form.close()
    fields = Fields({name: value for name, value in form.items() if isinstance(value, str)})
    request.state.upload = (fields, data)
    return fields, data
