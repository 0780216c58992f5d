"""What the rules look at: the files of this repository, as git would take them."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGES = ("device_adapters", "monitor", "simulator")


@cache
def files() -> tuple[Path, ...]:
    """Every file that is committed or would be, relative to the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    paths = sorted({Path(name) for name in listed.split("\0") if name})
    return tuple(path for path in paths if (ROOT / path).is_file())


def python_files(*folders: str) -> list[Path]:
    return [path for path in files() if path.suffix == ".py" and path.parts[0] in (folders or PACKAGES)]


def text_of(path: Path | str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(text_of(path), str(path))


@cache
def project() -> dict[str, Any]:
    return tomllib.loads(text_of("pyproject.toml"))


def contracts() -> dict[str, dict[str, Any]]:
    return {contract["name"]: contract for contract in project()["tool"]["importlinter"]["contracts"]}


# Folders of the monitor that are no stage of the flow: they stand beside it.
BESIDE = {"demo", "probe", "scenario"}


def stages() -> list[str]:
    """The stage folders of the monitor as they stand in the listing."""
    return sorted({path.parts[1] for path in python_files("monitor") if len(path.parts) > 2} - BESIDE)
