"""What only the story itself can know: whether who is named in it is there, and can do what is asked of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, get_args

from simulator.scenario import steps
from simulator.scenario.acts import OfficerStep
from simulator.scenario.cast import Cast, cast_of, members_of_table
from simulator.scenario.shapes import Scenario, Table
from simulator.scenario.text_lines import Key

Problem = tuple[Key, str]


def meant(said: str, known: Sequence[str] | Mapping[str, Any]) -> str:
    near = get_close_matches(said, list(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else ""


# -- by the bare values of the file, whatever else is wrong with them --------------------------------------------------


def strangers(values: Mapping[str, Any]) -> Iterator[Problem]:
    """Devices and feeders that nobody has put there, and devices that were put there twice."""
    own = _tables(values, "device")
    head = values.get("scenario")
    inventory = head.get("inventory") if isinstance(head, dict) else None
    tables = [each for each in get_args(Table) if isinstance(inventory, list) and each in inventory]
    members = [each for table in tables for each in members_of_table(table)]
    ids = dict.fromkeys([each.device_id for each in members] + [str(each.get("id")) for each in own])
    feeders = {each.feeder for each in members if each.feeder} | {str(each.get("feeder")) for each in own}
    seen: Counter[str] = Counter()
    for number, each in enumerate(own):
        seen[str(each.get("id"))] += 1
        if seen[str(each.get("id"))] == 2:
            yield ("device", number, "id"), f"{each.get('id')} is there already"
    for key, named in _named_devices(values):
        if named not in ids:
            yield key, f"no device is called {named}{meant(named, ids)}"
    for number, step in enumerate(_tables(values, "step")):
        feeder = step.get("feeder")
        if isinstance(feeder, str) and feeder not in feeders:
            yield ("step", number, "feeder"), f"nothing is on feeder {feeder}{meant(feeder, sorted(feeders))}"


def _tables(values: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = values.get(name, [])
    return [each if isinstance(each, dict) else {} for each in found] if isinstance(found, list) else []


def _named_devices(values: Mapping[str, Any]) -> Iterator[tuple[Key, str]]:
    for number, step in enumerate(_tables(values, "step")):
        for key in ("device", "gateway", "devices"):
            named = step.get(key, ())
            named = named if isinstance(named, list) else [named]
            yield from ((("step", number, key), each) for each in named if isinstance(each, str))
    for number, want in enumerate(_tables(values, "want")):
        for key, name in (("alarm", "device"), ("device", "id")):
            seen = want.get(key)
            if isinstance(seen, dict) and isinstance(seen.get(name), str):
                yield ("want", number, key), seen[name]
    for number, each in enumerate(_tables(values, "device")):
        if isinstance(each.get("behind"), str):
            yield ("device", number, "behind"), each["behind"]


# -- by a story that is right in itself --------------------------------------------------------------------------------


def misfits(scenario: Scenario) -> Iterator[Problem]:
    """Devices that cannot do what they are told to."""
    cast = cast_of(scenario)
    for number, entry in enumerate(scenario.device):
        speaker = cast.members[entry.behind].device_class if entry.behind else None
        if speaker is not None and (speaker, entry.device_class) not in SPEAKS_FOR:
            yield ("device", number, "behind"), f"a {speaker} speaks for no {entry.device_class}"
    for number, step in enumerate(scenario.step):
        for key in ("device", "gateway", "devices"):
            named = getattr(step, key, None) or ()
            for each in (named,) if isinstance(named, str) else named:
                if not isinstance(step, OfficerStep) and (why := _misfit(cast, step, each)):
                    yield ("step", number, key), why


SPEAKS_FOR = frozenset({("gateway", "bell"), ("probe", "camera")})


def _misfit(cast: Cast, step: steps.AnyStep, device_id: str) -> str | None:
    member = cast.members[device_id]
    speaker = cast.members[member.behind] if member.behind else member
    if speaker.is_mute or member.is_mute:
        return f"{device_id} is mute: it does nothing"
    match step:
        case steps.GatewayDeath() | steps.GatewayReturn():
            return None if member.device_class in ("gateway", "probe") else f"{device_id} is no gateway and no probe"
        case steps.Press() | steps.Battery():
            return None if member.device_class == "bell" else f"{device_id} is no bell"
        case steps.Release() | steps.Tamper() | steps.Test():
            is_own = member.device_class == "bell" and not member.behind
        case steps.Flood():
            is_own = step.channel == "heartbeat" or (member.device_class == "bell" and not member.behind)
        case _:
            return None
    return None if is_own else f"{device_id} is no bell that speaks for itself"
