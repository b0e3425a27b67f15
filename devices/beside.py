"""A file as a configuration names it in, where it is out: a relative one lies beside the configuration that names it.

Else it is looked for where somebody stands who runs a command, and `menshen config check` by hand says "right" of what
the service does not find. Settings say `Beside` where they mean Path; whoever reads them says where they lie.
"""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo

_FOLDER = "folder"


def lying_in(folder: Path) -> dict[str, Path]:
    """The context for pydantic's validation of settings that lie in this folder."""
    return {_FOLDER: folder.absolute()}


def _beside(path: Path, info: ValidationInfo) -> Path:
    folder = info.context.get(_FOLDER) if isinstance(info.context, dict) else None
    return path if folder is None else folder / path  # an absolute one stays as it is


Beside = Annotated[Path, AfterValidator(_beside)]
