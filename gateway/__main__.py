"""`menshen ...`: the console command."""

import sys

from gateway.cli.commands import command_line


def main() -> None:
    """Run the command of the command line."""
    command_line(sys.argv[1:])()


if __name__ == "__main__":
    main()
