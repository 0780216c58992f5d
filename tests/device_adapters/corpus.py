"""The captures below ``tests/corpus``: one JSON object a line, with what each must come out as."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "corpus"


def captures(adapter: str) -> list[tuple[Path, list[dict[str, Any]]]]:
    """Every capture file of an adapter with its lines in order."""
    return [(path, _lines(path)) for path in sorted((FOLDER / adapter).glob("*.jsonl"))]


def payload_of(line: dict[str, Any]) -> bytes:
    if line["payload"] in ("", None):
        return b""
    if line["payload_encoding"] == "json":
        return json.dumps(line["payload"], ensure_ascii=False).encode()
    if line["payload_encoding"] == "base64":
        return base64.b64decode(line["payload"])
    return str(line["payload"]).encode()


def bad_inputs() -> list[dict[str, Any]]:
    """Hostile messages with what a monitor must make of them; made up as their ``gen`` says."""
    rows = _lines(FOLDER / "bad_inputs.jsonl")
    for row in rows:
        row["payload"] = base64.b64decode(row["payload_b64"])
        kind, _, rest = str(row.get("gen", "")).partition(":")
        if kind == "json_note":
            body = {"v": 1, "id": "long-note", "ts": 1_700_000_000_000, "kind": "alarm", "note": "x" * int(rest)}
            row["payload"] = json.dumps(body).encode()
    return rows


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(text) for text in path.read_text("utf-8").splitlines() if text.strip()]
