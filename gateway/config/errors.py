"""What pydantic found in, one readable line each out: file, line, key, what is wrong, what was meant."""

import difflib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import BaseModel, ValidationError

EXIT_CONFIG = 78  # EX_CONFIG of sysexits.h; systemd does not restart on it

Location = Sequence[str | int]


class ConfigError(Exception):
    """The configuration cannot be followed. `lines` are for people; the first is enough for a log."""

    def __init__(self, path: Path, where: str, why: str, more: Sequence[str] = ()) -> None:
        self.path = path
        self.where = where
        self.why = why
        self.lines = (f"{path}: {where}: {why}" if where else f"{path}: {why}", *more)
        super().__init__(self.lines[0])

    @classmethod
    def at(cls, path: Path, text: str, location: Location, why: str) -> "ConfigError":
        """A fault of one key, with its line."""
        line = line_of(text, location)
        return cls(path, f"line {line}: {dotted(location)}" if line else dotted(location), why)

    @classmethod
    def of(
        cls, path: Path, text: str, error: ValidationError, model: type[BaseModel], under: Location = ()
    ) -> "ConfigError":
        """Every fault of a validation, one line each."""
        told = []
        faults = error.errors()
        for fault in faults:
            if fault["type"] == "too_short" and any(_within(other["loc"], fault["loc"]) for other in faults):
                continue  # pydantic counts only the items that were right
            location = (*under, *fault["loc"])
            line = line_of(text, location)
            where = f"line {line}: {dotted(location)}" if line else dotted(location)
            told.append((where, _why(fault["type"], fault["msg"], fault["loc"], fault.get("input"), model)))
        (where, why), *others = told
        return cls(path, where, why, [f"{path}: {where}: {why}" for where, why in others])


def _within(inner: Location, outer: Location) -> bool:
    return len(inner) > len(outer) and inner[: len(outer)] == outer


def faults_of(error: ValidationError, model: type[BaseModel]) -> list[tuple[str, str]]:
    """Key and what is wrong with it, one pair each; for what stands in another file than TOML."""
    return [
        (dotted(fault["loc"]), _why(fault["type"], fault["msg"], fault["loc"], fault.get("input"), model))
        for fault in error.errors()
    ]


def first_words(wrong: str, right: Iterable[str]) -> str:
    """What was probably meant, or some of what there is."""
    names = sorted(right)
    near = difflib.get_close_matches(wrong, names, n=1, cutoff=0.6)
    if near:
        return f'did you mean "{near[0]}"?'
    if not names:
        return "there is none"
    return "there is " + ", ".join(names[:6]) + (" ..." if len(names) > 6 else "")


def dotted(location: Location) -> str:
    """links[0].settings.port"""
    out = ""
    for part in location:
        out += f"[{part}]" if isinstance(part, int) else f".{part}" if out else str(part)
    return out


def line_of(text: str, location: Location) -> int | None:
    """The line of a key in a TOML text: the table header it stands under, then the key. None where it is not found."""
    tables = [part for part in location if isinstance(part, str)]
    counts: dict[str, int] = {}
    wanted = [part for part in location if isinstance(part, int)]
    current: list[str] = []
    indexes: list[int] = []
    best: int | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*(\[\[?)\s*([^\]]+?)\s*\]", line)
        if header:
            name = header.group(2)
            current = [part.strip().strip('"') for part in name.split(".")]
            if header.group(1) == "[[":
                counts[name] = counts.get(name, -1) + 1
                for inner in [key for key in counts if key.startswith(f"{name}.")]:
                    del counts[inner]
            indexes = [
                counts[".".join(current[: depth + 1])]
                for depth in range(len(current))
                if ".".join(current[: depth + 1]) in counts
            ]
            if current == tables[: len(current)] and indexes == wanted[: len(indexes)]:
                best = number
            continue
        key = re.match(r'\s*"?([A-Za-z0-9_.-]+)"?\s*=', line)
        if key and indexes == wanted[: len(indexes)]:
            path = [*current, *key.group(1).split(".")]
            if path == tables[: len(path)] and len(path) > len(current):
                best = number
                if path == tables:
                    return number
    return best


def _why(kind: str, message: str, location: Location, given: object, model: type[BaseModel]) -> str:
    match kind:
        case "extra_forbidden":
            known = _fields_at(model, location[:-1])
            return f"unknown key; {first_words(str(location[-1]), known)}"
        case "missing":
            return "is missing"
        case "value_error":
            return message.removeprefix("Value error, ")
        case _:
            shown = repr(given)
            return f"{message}; got {shown if len(shown) <= 60 else shown[:57] + '...'}"


def _fields_at(model: type[BaseModel], location: Location) -> Iterable[str]:
    """The keys a section of the model knows."""
    current: type[BaseModel] = model
    for part in location:
        if isinstance(part, int):
            continue
        field = current.model_fields.get(part)
        if field is None:
            continue  # a name that the house was given: [profiles.lockdown]
        inner = _model_in(field.annotation)
        if inner is None:
            return ()
        current = inner
    return current.model_fields


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _model_in(argument)
        if found is not None:
            return found
    return None
