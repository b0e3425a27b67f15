"""`menshen ...`: the console command."""

import sys

from gateway.cli.commands import command_line
from gateway.cli.plainly import in_words
from gateway.config.errors import EXIT_CONFIG
from gateway.own_ca.files import CaTrouble
from gateway.registry.sealing import SealError
from gateway.registry.storage import BookUnreadable, NotKept

TO_PUT_RIGHT = (
    SealError,
    CaTrouble,
    BookUnreadable,
    PermissionError,
    NotADirectoryError,
    IsADirectoryError,
    FileNotFoundError,
)


def main() -> None:
    """Run the command of the command line. What a person has to put right is one line; a bug is a traceback."""
    try:
        command_line(sys.argv[1:])()
    except TO_PUT_RIGHT as exc:
        _end(exc, EXIT_CONFIG)
    except (NotKept, OSError) as exc:  # a port that is taken, a full disk: may be over when systemd tries again
        _end(exc, 1)


def _end(fault: Exception, code: int) -> None:
    sys.stderr.write(f"menshen: {in_words(fault)}\n")
    raise SystemExit(code) from fault


if __name__ == "__main__":
    main()
