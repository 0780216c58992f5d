"""``docs/scenarios.md``, made of the library: each story is documentation too.

.venv/bin/python -m tests.rules.scenarios        writes it
"""

from __future__ import annotations

from pathlib import Path

from simulator.scenario.acts import OfficerStep
from simulator.scenario.durations import iso_8601
from simulator.scenario.reading import read_scenario
from simulator.scenario.shapes import Scenario
from tests.rules.source import ROOT, text_of

PAGE, LIBRARY = "docs/scenarios.md", ROOT / "simulator" / "scenarios"
BEGIN, END = "<!-- library: python -m tests.rules.scenarios -->\n", "<!-- end of library -->"


def page_with_library() -> str:
    head, _, rest = text_of(PAGE).partition(BEGIN)
    return head + BEGIN + library() + END + rest.partition(END)[2]


def stories() -> list[Path]:
    return sorted(LIBRARY.glob("*.toml"))


def library() -> str:
    return "".join(_section(read_scenario(path), path.name) for path in stories())


def _section(story: Scenario, file: str) -> str:
    head = story.scenario
    about = head.about or "The night that the acceptance tests tell, two hours of it."
    lines = [f"### {head.title_vi}", "", f"`{file}`. {about}", ""]
    lines += [f"- {iso_8601(step.at)} {_said(step)}" for step in story.step]
    return "\n".join(lines) + "\n\n"


def _said(step: object) -> str:
    values = step.model_dump(exclude_defaults=True, exclude={"at", "do"})  # type: ignore[attr-defined]
    told = ", ".join(f"{name} {_plain(value)}" for name, value in values.items())
    who = "an officer: " if isinstance(step, OfficerStep) else ""
    return f"{who}**{step.do}** {told}".rstrip()  # type: ignore[attr-defined]


def _plain(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


if __name__ == "__main__":
    (ROOT / PAGE).write_text(page_with_library(), encoding="utf-8")
