"""What came of a story: a table for people, JUnit for machines, and one line that plays it again."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from monitor.scenario.checking import Verdict

NOT_XML = {each: None for each in range(32) if each not in (9, 10, 13)}


@dataclass(frozen=True, slots=True)
class Outcome:
    """``kept``: where its remains are. ``error``: why it could not be played to its end, or at all."""

    path: Path
    name: str
    player: str
    verdicts: tuple[Verdict, ...] = ()
    journal_hash: str = ""
    took_s: float = 0.0
    kept: Path | None = None
    error: str = ""
    is_malformed: bool = False

    @property
    def is_met(self) -> bool:
        return not self.error and all(each.is_met for each in self.verdicts)

    @property
    def replay(self) -> str:
        return f"chuong scenario run {shlex.quote(str(self.path))} --player {self.player}"

    def table(self) -> str:
        """Expected beside seen, what is not met marked in the first column."""
        rows = [("", "what", "expected", "seen")]
        rows += [("ok" if each.is_met else "NO", each.what, each.expected, each.seen) for each in self.verdicts]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        lines = ["  ".join([*(f"{row[at]:<{widths[at]}}" for at in range(3)), row[3]]).rstrip() for row in rows]
        return "\n".join(lines)


def junit(outcomes: Sequence[Outcome]) -> str:
    """A suite a story, a case an expectation."""
    root = ET.Element("testsuites", name="chuong scenario")
    for outcome in outcomes:
        failed = sum(not each.is_met for each in outcome.verdicts)
        suite = ET.SubElement(
            root,
            "testsuite",
            name=outcome.name,
            tests=str(len(outcome.verdicts) + bool(outcome.error)),
            failures=str(failed),
            errors=str(int(bool(outcome.error))),
            time=f"{outcome.took_s:.3f}",
        )
        for each in outcome.verdicts:
            case = ET.SubElement(suite, "testcase", classname=outcome.name, name=_text(f"{each.what}: {each.expected}"))
            if not each.is_met:
                said = f"expected {each.expected}\nseen {each.seen}\nplay it again: {outcome.replay}"
                ET.SubElement(case, "failure", message=_text(f"seen {each.seen}")).text = _text(said)
        if outcome.error:
            case = ET.SubElement(
                suite,
                "testcase",
                classname=outcome.name,
                name="is a scenario" if outcome.is_malformed else "played to its end",
            )
            ET.SubElement(case, "error", message=_text(outcome.error)).text = outcome.replay
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _text(said: str) -> str:
    return said.translate(NOT_XML)
