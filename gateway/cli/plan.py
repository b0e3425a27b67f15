"""What every command on a house shares: its configuration read and its faults told, its books opened."""

import logging
import os
import pwd
import shlex
import sys
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import typer

from gateway.config.errors import EXIT_CONFIG, ConfigError
from gateway.config.plan import Plan, load_config
from gateway.registry.registry import Registry, open_registry

CONFIG_OPTION = typer.Option("--config", "-c", envvar="MENSHEN_CONFIG", help="The house's menshen.toml.")


def read_plan(path: Path) -> Plan:
    """The configuration. What is wrong is told line by line, and the command ends with 78."""
    try:
        return load_config(path)
    except ConfigError as exc:
        raise told(exc) from exc


def plan_to_change(path: Path) -> Plan:
    """The configuration, for a command that writes among the house's files."""
    plan = read_plan(path)
    refuse_root(plan)
    return plan


def refuse_root(plan: Plan) -> None:
    """What root leaves in the folder of another account, the house cannot read. Raises ValueError with what to type."""
    data = plan.config.gateway.data
    owner = data.stat().st_uid if data.exists() else os.geteuid()
    if os.geteuid() == 0 != owner:
        account = pwd.getpwuid(owner).pw_name
        typed = shlex.join(["runuser", "-u", account, "--", *sys.argv])
        raise ValueError(f"{data} belongs to {account}, who could not read what root writes there; type\n    {typed}")


def told(error: ConfigError) -> typer.Exit:
    """Each fault on a line of stderr; the exit to raise."""
    for line in error.lines:
        typer.echo(line, err=True)
    return typer.Exit(EXIT_CONFIG)


def registry_of(plan: Plan) -> AbstractAsyncContextManager[Registry]:
    """The small books of this house."""
    data = plan.config.gateway.data
    return open_registry(data / "registry", data / "secrets" / "registry.key")


def box_of(plan: Plan) -> AbstractAsyncContextManager[Registry]:
    """The registry's drop box (gateway/registry/registrar.py): small, so that a change is on disk at once."""
    data = plan.config.gateway.data
    return open_registry(data / "registry" / "box", data / "secrets" / "registry.key")


def start_logging(verbose: bool) -> None:
    """Lines on stderr; systemd adds the hour itself."""
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.DEBUG if verbose else logging.INFO,
        format="%(levelname)s %(message)s" if not sys.stderr.isatty() else "%(asctime)s %(levelname)s %(message)s",
    )
    for chatty in ("dbus_fast", "bleak", "asyncio", "uvicorn", "sse_starlette"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
