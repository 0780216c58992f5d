"""The language as JSON Schema (draft 2020-12); ``python -m simulator.scenario.schema`` writes it into the library."""

from __future__ import annotations

import json
from pathlib import Path

from simulator.scenario.shapes import Scenario

FILE = Path(__file__).parents[1] / "scenarios" / "scenario.schema.json"


def schema() -> str:
    said = {**Scenario.model_json_schema(by_alias=True), "title": "A scenario of Tiếng Chuông"}
    return json.dumps(said, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(schema(), encoding="utf-8")
