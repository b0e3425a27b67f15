"""A template's name and values in, HTML out. Every value is escaped; a name no page gave is an error."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from gateway.findings import Verdict
from gateway.kinds import Severity
from gateway.pages.texts.common import texts
from gateway.words.language import Tongue, Words

VERDICT_ICONS: Mapping[Verdict, str] = {
    Verdict.ADMIT: "circle-check",
    Verdict.REFUSE: "octagon-x",
    Verdict.REFER: "hand",
}
SEVERITY_ICONS: Mapping[Severity, str] = {
    Severity.CRITICAL: "siren",
    Severity.HIGH: "triangle-alert",
    Severity.MEDIUM: "bell-ring",
    Severity.LOW: "clock",
}


def sprite() -> Markup:
    """The icons as one hidden SVG, so that a page can draw each with a `use`. Lucide's and our own, see static."""
    symbols = []
    static = files("gateway.pages") / "static"
    for folder in (static / "vendor" / "lucide", static / "icons"):
        for file in sorted(folder.iterdir(), key=lambda file: file.name):
            if not file.name.endswith(".svg"):
                continue
            drawn = file.read_text("utf-8")
            box = re.search(r'viewBox="[^"]+"', drawn)
            assert box is not None, f"{file.name} has no viewBox"
            inner = re.sub(r"<!--.*?-->|</?svg[^>]*>", "", drawn, flags=re.DOTALL)
            name = file.name.removesuffix(".svg")
            symbols.append(f'<symbol id="i-{name}" {box.group()}>{" ".join(inner.split())}</symbol>')
    return Markup(f'<svg class="sprite" aria-hidden="true">{"".join(symbols)}</svg>')  # noqa: S704 (our own files)


@cache
def icon(name: str) -> Markup:
    """An icon beside words that say the same; readers of screens pass it over."""
    return Markup('<svg class="icon" aria-hidden="true"><use href="#i-{}"></use></svg>').format(name)


@lru_cache(maxsize=4096)
def dom_id(text: str) -> str:
    """An id of ours as an id of the page: letters that a selector cannot hold are written as their number."""
    return "".join(letter if letter.isascii() and letter.isalnum() else f"_{ord(letter):x}_" for letter in text)


def hour(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """14:05:09 today, 11-21 14:05 on another day."""
    local = at.astimezone(zone)
    return local.strftime("%H:%M:%S" if local.date() == now.astimezone(zone).date() else "%m-%d %H:%M")


@cache
def _templates() -> Mapping[str, Template]:
    """All of them, compiled now and not at the first decision of the day: it takes a Pi a tenth of a second."""
    environment = Environment(
        loader=PackageLoader("gateway.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(
        icon=icon,
        dom_id=dom_id,
        hour=hour,
        sprite=sprite(),
        VERDICT_ICONS=VERDICT_ICONS,
        SEVERITY_ICONS=SEVERITY_ICONS,
    )
    return {name: environment.get_template(name) for name in environment.list_templates()}


class Renderer:
    """The templates of the pages, loaded once."""

    def __init__(self) -> None:
        self._templates = _templates()

    def render(self, template: str, lang: Tongue, **values: Any) -> str:
        return self._templates[template].render(t=texts(lang), lang=lang, say=_saying(lang), **values)

    def macro(self, template: str, name: str, lang: Tongue, **values: Any) -> Callable[..., str]:
        """A macro of a template, with these values: for what is drawn thousands of times."""
        module = self._templates[template].make_module({"t": texts(lang), "lang": lang, "say": _saying(lang), **values})
        found: Callable[..., str] = getattr(module, name)
        return found


def _saying(lang: Tongue) -> Callable[[Words], str]:
    return lambda words: words.in_(lang)


class Whole(str):
    """An element with its own tag, which takes the place of the one with its id."""

    __slots__ = ()


def partial(target: str, html: str) -> str:
    """A fragment as htmx 4 takes it from a stream: morphed into the element with that id, focus and typing kept."""
    how = "outerMorph" if isinstance(html, Whole) else "innerMorph"
    return f'<hx-partial id="{target}" hx-swap="{how}">{html}</hx-partial>'
