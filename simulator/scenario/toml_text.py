"""Values of a scenario as the TOML a person would write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def toml_text(values: Mapping[str, Any], *, remark: str = "") -> str:
    lines = [f"# {line}" for line in remark.splitlines()]
    for name, value in values.items():
        tables = value if isinstance(value, list) else [value]
        head = f"[[{name}]]" if isinstance(value, list) else f"[{name}]"
        for table in tables:
            lines += ["", head, *(f"{key} = {_plain(each)}" for key, each in table.items())]
    return "\n".join(lines).lstrip("\n") + "\n"


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_plain(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_plain, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
