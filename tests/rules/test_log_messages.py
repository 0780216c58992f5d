"""A log line is an event with a name that can be searched for, and fields; never a sentence put together."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.rules.source import python_files, tree_of

LEVELS = {"debug", "info", "warning", "error", "critical", "exception"}
SECRET = re.compile("password|token|secret|payload|cookie|authorization", re.IGNORECASE)


def log_calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(tree_of(path)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="log" | "logger"), attr=level)) if level in LEVELS:
                yield node


@cache
def calls() -> list[tuple[Path, ast.Call]]:
    return [(path, call) for path in python_files("monitor") for call in log_calls(path)]


def test_it_names_every_event():
    assert calls()
    wrong = []
    for path, call in calls():
        name = call.args[0].value if len(call.args) == 1 and isinstance(call.args[0], ast.Constant) else None
        if not (isinstance(name, str) and re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", name)):
            wrong.append(f"{path}:{call.lineno}")
    assert wrong == []


def test_it_never_logs_a_secret_or_what_a_device_sent():
    logged = [(path, call.lineno, ast.unparse(keyword)) for path, call in calls() for keyword in call.keywords]
    assert [entry for entry in logged if SECRET.search(entry[2])] == []


def test_it_writes_only_to_the_log():
    """Whoever runs the monitor reads one stream; what the command line prints goes through typer."""
    prints = [
        f"{path}:{node.lineno}"
        for path in python_files("monitor", "device_adapters")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert prints == []
