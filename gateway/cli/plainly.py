"""What every command shares: expected faults become one line on stderr, standard input is read with a limit."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from gateway.cli.key_folder import KeyTrouble
from gateway.registry.sealing import SealError
from gateway.registry.storage import BookUnreadable, NotKept

USAGE, UNREADABLE = 2, 4  # exit codes
_MAX_INPUT = 1 << 24


@contextmanager
def speaking_plainly() -> Iterator[None]:
    """Around a command: trouble with keys, books or files, and what was typed and cannot be, become its message."""
    try:
        yield
    except (KeyTrouble, NotKept, BookUnreadable, SealError, OSError, ValueError, OverflowError) as exc:
        typer.echo(f"menshen: {exc}", err=True)
        raise typer.Exit(USAGE) from exc


def standard_input() -> str:
    """What is piped in; bytes that are no UTF-8 become the replacement character, which no pass contains."""
    return sys.stdin.buffer.read(_MAX_INPUT).decode("utf-8", "replace")
