"""Our own scripts as they travel: without comments and indents; every line stays where it was, for stack traces."""

from __future__ import annotations

import re

_BLOCK = re.compile(r"^[ \t]*/\*(?:[^*]|\*(?!/))*\*/[ \t]*$", re.MULTILINE)
_LINE = re.compile(r"^[ \t]*//.*$", re.MULTILINE)
# A comment behind code, where nothing behind it could be text.
_TAIL = re.compile(r"[ \t]+// [^\"'`\n]*$", re.MULTILINE)
_CAST = re.compile(r"/\*\* @(?:type|param) [^\n]*?\*/ ?")
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)


def lean(source: str) -> str:
    """Two fifths of what we write are words for people. No minifier: what runs is what stands in the repository."""
    code = _BLOCK.sub(lambda found: "\n" * found[0].count("\n"), source)
    for dropped in (_LINE, _CAST, _TAIL, _INDENT):
        code = dropped.sub("", code)
    return code
