"""What a story wants to be seen, held against what is: windows while it is played, totals when it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from monitor.scenario.deeds import Deed
from monitor.scenario.seeing import Sight
from monitor.scenario.visible import Visible
from simulator.scenario.durations import iso_8601
from simulator.scenario.shapes import Scenario
from simulator.scenario.step import Step
from simulator.scenario.wants import Expect, ScreenWant, Want


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line of the table."""

    what: str
    expected: str
    seen: str
    is_met: bool


@dataclass
class Tally:
    """What only whoever plays can know."""

    deeds: list[Deed]
    visible: Visible
    offline_at_peak: int = 0
    pressed: dict[str, int] = field(default_factory=dict)

    def deed_of(self, step: Step) -> Deed:
        return next(each for each in self.deeds if each.act is step)


@dataclass
class Watched:
    """One want and how it stands. ``is_settled``: nothing that comes can change it."""

    want: Want
    is_met: bool = False
    is_settled: bool = False
    seen: str = "never looked"

    def look(self, at_s: float, sight: Sight) -> None:
        begin_s, end_s = self.want.window
        if self.is_settled or at_s < begin_s:
            return
        if at_s > end_s:
            self.is_settled = True
            return
        self.is_met, self.seen = sight.meets(self.want)
        is_throughout = self.want.throughout is not None
        if self.is_met != is_throughout:  # seen once, or broken once
            self.is_settled = True
            self.seen = f"{self.seen} at {iso_8601(at_s)}"


class Checks:
    def __init__(self, scenario: Scenario) -> None:
        self._expect = scenario.expect
        self._watched = [Watched(want) for want in scenario.want]
        self._broken: list[tuple[int, ScreenWant]] = []

    def look(self, at_s: float, sight: Sight) -> None:
        for number, each in enumerate(self._watched):
            was_settled = each.is_settled
            each.look(at_s, sight)
            if each.is_settled and not was_settled and not each.is_met and each.want.screen is not None:
                self._broken.append((number, each.want.screen))

    def is_watching(self, at_s: float) -> bool:
        """Whether something is to come to be so now: then it is looked every second."""
        return any(each.want.within is not None for each in self._open(at_s))

    def is_guarding(self, at_s: float) -> bool:
        """Whether something is to stay so now."""
        return any(each.want.throughout is not None for each in self._open(at_s))

    def _open(self, at_s: float) -> Iterator[Watched]:
        for each in self._watched:
            if not each.is_settled and each.want.window[0] <= at_s <= each.want.window[1]:
                yield each

    def broken_screens(self) -> list[tuple[int, ScreenWant]]:
        """Each by its number in the story, in the order in which they broke."""
        return self._broken

    def edges(self) -> set[float]:
        """When windows open and close: it is looked then, whatever happens."""
        return {edge for each in self._watched for edge in each.want.window}

    def verdicts(self, sight: Sight, tally: Tally) -> list[Verdict]:
        windows = [Verdict(_name(each.want), _asked(each.want), each.seen, each.is_met) for each in self._watched]
        # What may be refused is tried once, whatever comes of it.
        due = [each for each in tally.deeds if not each.act.may_be_refused]
        deeds = [Verdict(each.what, each.wanted, each.seen, each.is_met) for each in due]
        totals = _totals(self._expect, sight, tally)
        return windows + deeds + [Verdict(what, asked, seen, is_met) for what, asked, seen, is_met in totals]


def _name(want: Want) -> str:
    begin_s, end_s = want.window
    word = "throughout" if want.throughout else "within"
    return f"{word} {iso_8601(begin_s)}–{iso_8601(end_s)}"


def _asked(want: Want) -> str:
    said = want.model_dump(exclude_none=True, exclude={"within", "throughout"})
    (name, value), *_ = said.items()
    return f"{name} {value}" if isinstance(value, str) else f"{name} " + ", ".join(f"{k} {v}" for k, v in value.items())


def _totals(expect: Expect, sight: Sight, tally: Tally) -> Iterator[tuple[str, str, str, bool]]:
    stored = sight.presses_stored()
    exact: dict[str, Callable[[], int | None]] = {
        "incidents": lambda: sight.count("incidents"),
        "messages_for_incident": sight.messages_for_incidents,
        "lost_alarms": lambda: sum(max(0, n - stored.get(each, 0)) for each, n in tally.pressed.items()),
        "mass_outage_alerts": lambda: sight.count("outages"),
        "mass_outage_size": sight.largest_outage,
        "offline_total_at_peak": lambda: tally.offline_at_peak,
        "offline_total_at_end": lambda: sight.count("offline"),
        "acknowledged_after_s": lambda: sight.seconds_until("acknowledged_at"),
        "on_scene_after_s": lambda: sight.seconds_until("on_scene_at"),
    }
    for name, look in exact.items():
        if (wanted := getattr(expect, name)) is not None:
            seen = look()
            yield Expect.model_fields[name].alias or name, str(wanted), str(seen), seen == wanted
    if expect.alarm_visible_within_ms is not None:
        yield "alarm_visible_within_ms", *_visible(expect.alarm_visible_within_ms, tally.visible)
    if expect.audit_entries_min is not None:
        entries = sight.audit_entries()
        yield (
            "audit_entries_min",
            f"at least {expect.audit_entries_min}",
            str(entries),
            (entries >= expect.audit_entries_min),
        )
    if expect.zalo_sent is not None:
        groups = sight.groups_told()
        yield "zalo_sent", ", ".join(sorted(expect.zalo_sent)), ", ".join(groups), groups == sorted(expect.zalo_sent)
    if expect.report_line_vi is not None:
        lines = sight.lines()
        yield "report_line_vi", expect.report_line_vi, " | ".join(lines), expect.report_line_vi in lines


def _visible(most_ms: int, visible: Visible) -> tuple[str, str, bool]:
    """What was never seen, or never pressed, was not seen in time."""
    asked = f"at most {most_ms}"
    if visible.unseen or visible.waited_s is None:
        return asked, f"{visible.unseen} never visible" if visible.unseen else "no press", False
    waited_ms = round(1000 * visible.waited_s)
    return asked, str(waited_ms), waited_ms <= most_ms
