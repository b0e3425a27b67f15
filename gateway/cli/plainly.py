"""What every command shares: expected faults become one line on stderr, standard input is read with a limit."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from gateway.cli.key_folder import KeyTrouble
from gateway.journal.schema import JournalError
from gateway.registry.sealing import SealError
from gateway.registry.storage import BookUnreadable, NotKept

USAGE, UNREADABLE = 2, 4  # exit codes
_MAX_INPUT = 1 << 24


@contextmanager
def speaking_plainly() -> Iterator[None]:
    """Around a command: trouble with keys, books or files, and what was typed and cannot be, become its message."""
    try:
        yield
    except (KeyTrouble, NotKept, BookUnreadable, SealError, JournalError, OSError, ValueError, OverflowError) as exc:
        typer.echo(f"menshen: {in_words(exc)}", err=True)
        raise typer.Exit(USAGE) from exc


def in_words(fault: Exception) -> str:
    """What it says, for people: a file that is not there without Python's number for that."""
    if isinstance(fault, OSError) and fault.filename is not None and fault.strerror:
        return f"{fault.filename}: {fault.strerror}"
    return str(fault)


def standard_input() -> str:
    """What is piped in; bytes that are no UTF-8 become the replacement character, which no pass contains."""
    return sys.stdin.buffer.read(_MAX_INPUT).decode("utf-8", "replace")
