"""A file fits into a head, a function onto a screen."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.rules.source import PACKAGES, files, python_files, text_of, tree_of

FILE_LINES, FUNCTION_LINES = 300, 40
WRITTEN = {".py", ".js", ".css", ".html"}


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1


def test_it_keeps_files_short():
    sized = [path for path in files() if path.suffix in WRITTEN and path.parts[0] in (*PACKAGES, "tests")]
    lengths = {str(path): len(text_of(path).splitlines()) for path in sized}
    assert lengths
    assert {path: lines for path, lines in lengths.items() if lines > FILE_LINES} == {}


def test_it_keeps_functions_short():
    # The steps of a migration are one list, and on nobody's way through the program.
    paths = [path for path in python_files() if "migrations" not in path.parts]
    lengths = {name: lines for path in paths for name, lines in functions(path)}
    assert lengths
    assert {name: lines for name, lines in lengths.items() if lines > FUNCTION_LINES} == {}


def test_it_says_at_the_top_of_each_file_what_it_is_for():
    assert [str(path) for path in python_files() if not ast.get_docstring(tree_of(path))] == []


def test_it_gives_no_file_a_name_that_says_nothing():
    empty = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc", "stuff"}
    assert [str(path) for path in python_files(*PACKAGES, "tests") if empty & set(path.with_suffix("").parts)] == []
