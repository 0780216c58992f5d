"""The repository holds what somebody wrote for it, and nothing else."""

import os
from pathlib import Path

from tests.rules.source import ROOT, files, text_of

TOP = {
    ".ci",
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "README.vi.md",
    "config",
    "deploy",
    "device_adapters",
    "docs",
    "monitor",
    "pyproject.toml",
    "simulator",
    "tests",
}
WRITTEN = {
    ".conf",
    ".css",
    ".csv",
    ".geojson",
    ".html",
    ".ini",
    ".js",
    ".json",
    ".jsonl",
    ".lock",
    ".mako",
    ".md",
    ".po",
    ".py",
    ".service",
    ".svg",
    ".toml",
    ".txt",
    "",
}
LARGEST = 400_000


def test_it_has_nothing_new_at_the_top():
    assert {path.parts[0] for path in files()} == TOP


def test_it_holds_only_kinds_of_files_that_people_write():
    kinds = {path for path in files() if path.suffix not in WRITTEN}
    assert {str(path) for path in kinds} == {
        str(path) for path in kinds if _is_screenshot(path) or path.name == ".npmrc"
    }


def test_it_holds_nothing_large():
    sizes = {str(path): (ROOT / path).stat().st_size for path in files() if not _is_screenshot(path)}
    assert {path: size for path, size in sizes.items() if size > LARGEST} == {}


def test_it_holds_no_minified_code_of_others():
    scripts = [path for path in files() if path.suffix in {".js", ".css"}]
    assert [str(path) for path in scripts if max(map(len, text_of(path).splitlines()), default=0) > 300] == []


def test_it_can_run_what_is_meant_to_be_run_and_nothing_else():
    assert [str(path) for path in files() if os.access(ROOT / path, os.X_OK)] == [".ci/run"]


def test_it_tests_every_file_that_counts_as_a_stage():
    """A folder of code has a folder of tests."""
    tested = {path.parts[1:-1] for path in files() if path.parts[0] == "tests"}
    stages = {path.parts[:-1] for path in files() if path.suffix == ".py" and path.parts[0] == "monitor"}
    empty = {("monitor", "notify"), ("monitor", "reports")}  # rooms of the house that nobody lives in yet
    inner = {stage for stage in stages if "migrations" in stage or "assets" in stage}
    assert stages - tested - empty - inner == set()


def _is_screenshot(path: Path) -> bool:
    return path.parts[:2] == ("docs", "looks") and path.suffix in {".png", ".webp"}
