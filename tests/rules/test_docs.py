"""What people rely on stands in the documentation: commands, addresses, states, figures, links."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from fastapi.routing import APIRoute
from typer.core import TyperGroup

from device_adapters.core.registry import adapters
from monitor import metrics
from monitor.app import Monitor
from monitor.cli import app as command_line
from monitor.clock import SystemClock
from monitor.inventory.alarm_classes import read_alarm_classes
from monitor.journal.accounts import Role
from monitor.machines.alarm import AlarmState
from monitor.machines.liveness import DeviceState
from monitor.settings import Settings, shipped
from monitor.web.api import create_app
from tests.rules.source import ROOT, files, python_files, text_of

REFERENCE = text_of("docs/reference.md")
GROUPS = ("user", "credentials", "doctor", "drill", "scenario")
PAGES = [path for path in files() if path.suffix == ".md"]


def words_in_code(page: str) -> set[str]:
    """Everything between backticks."""
    return set(re.findall(r"`([^`\n]+)`", page))


def commands(group: Any, prefix: str = "chuong") -> Iterator[str]:
    for name in group.list_commands(typer.Context(group)):
        command = group.get_command(typer.Context(group), name)
        if isinstance(command, TyperGroup):
            yield from commands(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}"


def test_it_names_every_command():
    found = list(commands(typer.main.get_command(command_line)))
    assert found
    assert [name for name in found if not re.search(rf"`{re.escape(name)}[ `]", REFERENCE)] == []


def test_it_names_no_command_that_does_not_exist():
    named = {
        match
        for page in PAGES
        for match in re.findall(rf"`(?:\.venv/bin/)?chuong ((?:(?:{'|'.join(GROUPS)}) (?!-))?[a-z-]+)", text_of(page))
    }
    found = {*commands(typer.main.get_command(command_line)), *(f"chuong {name}" for name in GROUPS)}
    assert {f"chuong {name}" for name in named} <= found


@pytest.fixture
def addresses(tmp_path: Path) -> set[str]:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/chuong.sqlite3")
    monitor = Monitor(settings, read_alarm_classes(shipped("config/alarm_classes.toml")), SystemClock())
    app = create_app(monitor, monitor.feed)
    monitor.store.close()
    routers = [route.original_router for route in app.routes if hasattr(route, "original_router")]
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    return {f"{method} {route.path}" for route in routes for method in route.methods or ()}


def test_it_names_every_address_and_no_other(addresses):
    named = {word for word in words_in_code(REFERENCE) if re.match("(GET|POST|PUT|PATCH|DELETE) /", word)}
    assert named == addresses


def test_it_names_every_state():
    assert {*AlarmState, *DeviceState} <= words_in_code(REFERENCE)
    assert {*AlarmState, *DeviceState} <= words_in_code(text_of("docs/architecture.md"))


def test_it_names_every_role():
    assert set(Role) <= words_in_code(REFERENCE)


def test_it_names_every_figure_and_no_other():
    figures = {re.sub("^chuong_process_.*", "chuong_process_*", family.name) for family in metrics.REGISTRY.collect()}
    assert {word for word in words_in_code(REFERENCE) if word.startswith("chuong_")} == figures


def test_it_names_every_device_family():
    for name in adapters():
        assert f"{name}.py" in text_of("docs/architecture.md")


def test_it_uses_every_setting():
    """By its name, or through ``Settings.supervision``, ``Settings.base_topics`` and ``broker_accounts``."""
    code = "".join(text_of(path) for path in python_files("monitor") if path.name != "settings.py")
    named = [name for name in Settings.model_fields if not name.startswith(("supervision_", "base_topic_", "mqtt_"))]
    assert [name for name in named if not re.search(rf"settings\.{name}\b", code)] == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_it_links_to_what_is_there(page):
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", text_of(page)) if "://" not in link]
    assert [link for link in links if not (ROOT / page.parent / link).exists()] == []


def test_it_is_the_same_readme_in_both_languages():
    def skeleton(page: str) -> list[str]:
        code = re.findall(r"```sh\n(.*?)```", text_of(page), re.DOTALL)
        links = re.findall(r"\]\(([^)]+)\)", text_of(page))
        return [*code, *(link for link in links if not link.startswith("README"))]

    assert skeleton("README.md") == skeleton("README.vi.md")


def test_it_keeps_contributing_to_a_page():
    assert len(text_of("CONTRIBUTING.md").splitlines()) <= 60


def test_it_leaves_no_promise_in_the_text():
    unfinished = re.compile(r"\b(TODO|FIXME|XXX|TBD|coming soon)\b")
    written = [path for path in files() if path.suffix in {".md", ".py", ".js", ".html", ".css", ".toml", ".conf"}]
    assert [
        str(path) for path in written if path.parts[:2] != ("tests", "rules") and unfinished.search(text_of(path))
    ] == []


def test_it_names_no_test_that_does_not_exist():
    named = {match for page in PAGES for match in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text_of(page))}
    assert named
    assert [where for where, test in named if not (ROOT / where).is_file() or f"def {test}" not in text_of(where)] == []
