"""A scenario file as a drill plays it: its presses, and what its own officers do, which are the goals of the drill"""

from __future__ import annotations

from types import MappingProxyType

from device_adapters.core.events import AlarmKind
from monitor.errors import Refusal
from monitor.machines.drill import LEAD, MOST_PRESSES, DrillPress, Script, Wanted
from monitor.machines.incident import Disposition
from simulator.scenario import acts
from simulator.scenario.cast import cast_of
from simulator.scenario.reading import MalformedScenario, parse
from simulator.scenario.shapes import Scenario
from simulator.scenario.steps import Press

DISPOSITIONS = MappingProxyType(
    {
        "true_alarm": Disposition.GENUINE_CRIME,
        "other_help": Disposition.GENUINE_OTHER,
        "accidental": Disposition.ACCIDENTAL,
        "malicious_false": Disposition.MALICIOUS,
        "test": Disposition.UNANNOUNCED_TEST,
        "technical_fault": Disposition.EQUIPMENT,
        "unknown": Disposition.UNKNOWN,
    }
)
_MOMENTS = {acts.Verify: "verifying_s", acts.Dispatch: "dispatched_s", acts.OnScene: "on_scene_s"}
_PEOPLE = (acts.Acknowledge, acts.Verify, acts.Dispatch, acts.EnRoute, acts.OnScene, acts.Resolve)


def script_of(text: str, name: str) -> Script:
    """The first press comes a moment after the start, the others as far behind it as in the file.

    Raises ``Refusal`` for what is malformed, with each line of it, or presses too often.
    """
    try:
        scenario = parse(text, name)
    except MalformedScenario as error:
        raise Refusal(str(error), "malformed") from None
    presses = [each for each in scenario.step if isinstance(each, Press)]
    if sum(each.repeat for each in presses) > MOST_PRESSES:
        raise Refusal(f"a drill presses at most {MOST_PRESSES} times", "too_many")
    left_out = sum(not isinstance(each, (Press, *_PEOPLE)) for each in scenario.step)
    return Script(scenario.scenario.title_vi, _presses(scenario, presses), _wanted(scenario, presses), left_out)


def _presses(scenario: Scenario, steps: list[Press]) -> tuple[DrillPress, ...]:
    members, first = cast_of(scenario).members, min((each.at for each in steps), default=0.0)
    found = []
    for step in steps:
        kind = AlarmKind(step.kind or members[step.device].kind)
        for number in range(step.repeat):
            after_s = step.at - first + number * step.repeat_every_ms / 1000
            found.append(DrillPress(LEAD.total_seconds() + after_s, step.device, kind))
    return tuple(sorted(found, key=lambda each: each.after_s))


def _wanted(scenario: Scenario, presses: list[Press]) -> dict[str, Wanted]:
    """An act that names no device is about the one that was pressed last before it."""
    said: dict[str, dict[str, object]] = {each.device: {} for each in presses}
    begun = {each.device: each.at for each in sorted(presses, key=lambda each: -each.at)}
    for step in sorted(scenario.step, key=lambda each: each.at):
        if not isinstance(step, _PEOPLE):
            continue
        before = [each for each in presses if each.at <= step.at]
        device = step.device or (max(before, key=lambda each: each.at).device if before else None)
        if device not in said:
            continue
        if isinstance(step, acts.Resolve):
            said[device]["disposition"] = DISPOSITIONS[step.classification]
        elif (moment := _MOMENTS.get(type(step))) is not None:
            said[device].setdefault(moment, step.at - begun[device])
    return {device: Wanted(**values) for device, values in said.items()}  # type: ignore[arg-type]
