"""The tree in ``docs/architecture.md``, made of the one sentence at the top of each file.

.venv/bin/python -m tests.rules.tree        puts it there
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.rules.source import PACKAGES, ROOT, files, text_of, tree_of

PAGE = "docs/architecture.md"
BEGIN, END = "<!-- tree: python -m tests.rules.tree -->\n```\n", "```\n<!-- end of tree -->"
WIDTH = 24
# Folders whose files are no Python, and what is in them.
FOLDERS = {
    "config": "every setting and every kind of alarm, with the why of each default",
    "deploy/kiosk": "a screen that starts by itself and may sound: its unit for systemd, and how to set it up",
    "deploy/locks": "all dependencies by hash",
    "deploy/mosquitto": "the broker of a post, as we tried it",
    "deploy/probe": "the edge probe of a group: its settings with the why of each, and its unit for systemd",
    "deploy/nats": "the broker of a trial where mosquitto is not installed",
    "monitor/journal/migrations": "how the store's tables came about",
    "monitor/web/assets": "what the browser needs from npm, and the hook that fetches it into the package",
    "monitor/web/catalogue": "the words of the screens, in Vietnamese and English",
    "monitor/web/static": "style, and the small modules that run in the browser",
    "monitor/web/templates": "the pages",
    "simulator/commune": "the demo commune: groups, eyes, buttons",
    "simulator/scenarios": "the library: one story a file, and the language as JSON Schema",
}


def tree() -> str:
    return "".join(f"{line}\n" for folder in ("config", "deploy", *PACKAGES) for line in _folder(Path(folder)))


def page_with_tree() -> str:
    head, _, rest = text_of(PAGE).partition(BEGIN)
    return head + BEGIN + tree() + END + rest.partition(END)[2]


def _folder(folder: Path) -> Iterator[str]:
    indent = "  " * (len(folder.parts) - 1)
    name = f"{indent}{folder.name}/"
    if note := FOLDERS.get(folder.as_posix()):
        yield f"{name:<{WIDTH}} {note}"
        return
    init = folder / "__init__.py"
    yield f"{name:<{WIDTH}} {_sentence(init)}" if (ROOT / init).is_file() else name
    below = sorted({Path(*path.parts[: len(folder.parts) + 1]) for path in files() if path.is_relative_to(folder)})
    for path in below:
        if (ROOT / path).is_dir():
            yield from _folder(path)
        elif path.suffix == ".py" and path != init:
            yield f"{'  ' + indent + path.name:<{WIDTH}} {_sentence(path)}"


def _sentence(path: Path) -> str:
    """The first sentence of the file's docstring, on one line."""
    docstring = ast.get_docstring(tree_of(path)) or ""
    paragraph = " ".join(docstring.split("\n\n")[0].split())
    return re.split(r"(?<=[^.])\.(?:\s|$)", paragraph)[0].replace("``", "`")


if __name__ == "__main__":
    (ROOT / PAGE).write_text(page_with_tree(), encoding="utf-8")
