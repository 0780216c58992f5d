"""One word for one thing."""

import ast
import re
from pathlib import Path

from tests.rules.source import PACKAGES, files, python_files, text_of, tree_of

# Said instead of the word that is ours: what is banned → what to say.
BANNED = {
    r"[Xx]ác nhận": "Tiếp nhận",
    r"\bconfirm(s|ed|ing|ation)?\b": "acknowledge",
    r"\bsnooz\w*": "shelve",
    r"\b(un)?acked\b": "acknowledged",
    r"\brobber\w*": "hold_up",
    r"\b(white|black)list\w*": "allowed, refused",
    r"\b(master|slave)\b": "say what it does",
    r"\b(sanity|dummy)\b": "say what it checks, or stands for",
}
READ_BY_PEOPLE = {".py", ".js", ".html", ".po", ".toml", ".md", ".css"}
# What these say is what others call it: the demo commune's own table, and a library's parameter.
OTHERS_WORDS = {
    ("CONTRIBUTING.md", "Xác nhận"),
    ("CONTRIBUTING.md", "confirm"),
    ("CONTRIBUTING.md", "robbery"),
    ("device_adapters/core/siren_downlinks.py", "confirmed"),
    ("device_adapters/core/sparkplug_metrics.py", "robbery"),
    ("simulator/wiring.py", "robbery"),
    ("simulator/scenario/cast.py", "robbery"),
}
# A moment ends in _at, a length of time in _s.
BANNED_ENDINGS = ("_time", "_timestamp", "_datetime", "_secs", "_sec", "_seconds", "_millis", "_date")


def written() -> list[Path]:
    outside = [
        path for path in files() if path.parts[0] in {*PACKAGES, "config", "deploy", "docs"} or len(path.parts) == 1
    ]
    return [path for path in outside if path.suffix in READ_BY_PEOPLE]


def test_it_uses_our_words():
    found = [
        f"{path}: {match[0]!r}, say {instead}"
        for path in written()
        for banned, instead in BANNED.items()
        for match in re.finditer(banned, text_of(path))
        if (str(path), match[0]) not in OTHERS_WORDS
    ]
    assert found == []


def names(path: Path) -> set[str]:
    """What the file gives a name and a value: arguments, variables, fields."""
    found = set()
    for node in ast.walk(tree_of(path)):
        match node:
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
    return found


def test_it_says_of_every_time_whether_it_is_a_moment_or_a_length():
    found = [
        f"{path}: {name}" for path in python_files() for name in names(path) if name.lower().endswith(BANNED_ENDINGS)
    ]
    assert sorted(found) == []


def test_it_names_errors_for_what_happened():
    classes = [node for path in python_files() for node in ast.walk(tree_of(path)) if isinstance(node, ast.ClassDef)]
    assert classes
    assert [node.name for node in classes if re.search("(Exception|Util|Helper|Manager|Impl)$", node.name)] == []


def test_it_keeps_the_words_of_the_screens_in_the_catalogue():
    meant = {"monitor/web/alarms.py"}  # the word on the button, in the API's summary
    letters = re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
    paths = [path for path in python_files("monitor") if path.parts[1] in {"machines", "journal", "pipeline", "web"}]
    assert {str(path) for path in paths if letters.search(_without_title(path))} - meant == set()


def _without_title(path: Path) -> str:
    return text_of(path).replace("Tiếng Chuông", "")
