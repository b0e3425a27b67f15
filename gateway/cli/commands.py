"""The words after `menshen` in, the command out. Only the command that is asked for is imported."""

import importlib
from collections.abc import Sequence

import typer

COMMANDS = {  # word -> module and the name in it: a function, or a typer app with commands of its own
    "run": ("gateway.cli.run", "run"),
    "config": ("gateway.cli.config", "app"),
    "pass": ("gateway.cli.passes", "app"),
    "keys": ("gateway.cli.keys", "app"),
    "trust": ("gateway.cli.trust", "app"),
    "decode": ("gateway.cli.decode", "decode"),
    "staff": ("gateway.cli.staff", "app"),
    "cards": ("gateway.cli.numbers", "cards"),
    "plates": ("gateway.cli.numbers", "plates"),
    "enrol": ("gateway.cli.enrol", "enrol"),
    "registry": ("gateway.cli.registry", "app"),
    "devices": ("gateway.cli.devices", "app"),
    "ca": ("gateway.cli.ca", "app"),
    "privacy": ("gateway.cli.privacy", "app"),
    "window": ("gateway.cli.window", "app"),
    "centre": ("gateway.cli.centre", "centre"),
    "watch": ("gateway.cli.watch", "watch"),
    "order": ("gateway.cli.order", "app"),
    "contract": ("gateway.cli.contract", "contract"),
    "demo": ("gateway.cli.demo", "demo"),
}


def command_line(arguments: Sequence[str]) -> typer.Typer:
    """The app for these arguments: one command if it is named, all of them for `menshen --help`."""
    app = typer.Typer(
        name="menshen",
        help="门神 Menshen: edge gateway for the gates of residential compounds and for quarantine homes.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )
    named = arguments[0] if arguments and arguments[0] in COMMANDS else None
    for word in [named] if named else COMMANDS:
        module, name = COMMANDS[word]
        found = getattr(importlib.import_module(module), name)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=word)
        else:
            app.command(word)(found)
    app.callback()(lambda: None)  # keeps the word in the command line even where there is only one
    return app
