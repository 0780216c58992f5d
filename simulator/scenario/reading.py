"""A file → a scenario. What is wrong is told all at once: file and line, the key, and what may have been meant."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from simulator.scenario import steps
from simulator.scenario.casting import Problem, meant, misfits, strangers
from simulator.scenario.shapes import Scenario
from simulator.scenario.text_lines import Key, line_of

DO = {each.model_fields["do"].annotation.__args__[0]: each for each in get_args(get_args(steps.AnyStep)[0])}


class MalformedScenario(Exception):
    """Each line of it: ``file:line: key: what is wrong``."""


# What else may be wrong with a story, by whoever knows where it is to be played.
Judge = Callable[[Scenario], Iterable[Problem]]


def read_scenario(path: Path, judge: Judge = lambda _scenario: ()) -> Scenario:
    """Raises ``MalformedScenario``."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MalformedScenario(f"{path}: {error}") from None
    return parse(text, str(path), judge)


def parse(text: str, name: str, judge: Judge = lambda _scenario: ()) -> Scenario:
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        raise MalformedScenario(f"{name}:{found[1] if found else len(text.splitlines())}: {error}") from None
    try:
        scenario = Scenario.model_validate(values)
    except ValidationError as error:
        problems = [(_key(each), _sentence(each)) for each in error.errors()]
        problems += strangers(values)
    else:
        problems = list(strangers(values)) or [*misfits(scenario), *judge(scenario)]
        if not problems:
            return scenario
    told = sorted((line_of(text, key), ".".join(map(str, key)), said) for key, said in problems)
    raise MalformedScenario("\n".join(f"{name}:{line}: {key}: {said}" for line, key, said in told))


def _key(error: Any) -> Key:
    """Without the tag of the step, which is no key of the file."""
    loc = tuple(part for place, part in enumerate(error["loc"]) if not (part in DO and place == 2))
    return (*loc, "do") if error["type"] == "union_tag_invalid" else loc


def _sentence(error: Any) -> str:
    match error["type"]:
        case "extra_forbidden":
            return f"there is no such key{meant(str(error['loc'][-1]), _keys_at(error['loc']))}"
        case "union_tag_invalid":
            return f"nothing is called {error['ctx']['tag']}{meant(error['ctx']['tag'], DO)}"
        case "literal_error":
            said = re.findall("'([^']+)'", error["ctx"]["expected"])
            return f"{error['input']!r} is none of {error['ctx']['expected']}{meant(str(error['input']), said)}"
        case "value_error":
            return f"expected {error['ctx']['error']}"
        case _:
            return str(error["msg"][0]).lower() + str(error["msg"][1:])


def _keys_at(loc: Sequence[str | int]) -> list[str]:
    """What may stand where a key does not belong."""
    shape: Any = Scenario
    for part in loc[:-1]:
        if part in DO:
            shape = DO[str(part)]
        elif isinstance(part, str):
            shape = _shape_within(shape.model_fields[part].annotation)
    return [field.alias or name for name, field in shape.model_fields.items()] if shape else []


def _shape_within(annotation: Any) -> Any:
    """The model that a field holds one or many of; None for a union of them, which its tag decides."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = [_shape_within(each) for each in get_args(annotation)]
    return next((each for each in found if each is not None), None)
