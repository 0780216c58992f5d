"""``chuong probe``: looks whether its settings are right, and becomes the probe."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor.console import told_plainly
from monitor.probe.settings import read_probe_settings


def run_probe(
    config: Annotated[Path, typer.Option("--config", help="The probe's own settings file.")] = Path("probe.toml"),
    is_trial: Annotated[bool, typer.Option("--check", help="Only say whether the settings are right.")] = False,
) -> None:
    """Look at cameras that cannot speak, and read bells, on a small machine of a residential group."""
    with told_plainly():
        settings = read_probe_settings(config)
        if is_trial:
            typer.echo(f"{config}: in order; {len(settings.cameras)} cameras, {len(settings.bells)} bells")
            return
        # Another program in the same process: the command line alone takes more memory than the probe may. One arena:
        # the thread that speaks to the broker would have a heap of its own.
        environ = os.environ | {"MALLOC_ARENA_MAX": "1"}
        os.execve(sys.executable, [sys.executable, "-m", "monitor.probe", str(config)], environ)  # noqa: S606
