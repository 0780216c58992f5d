"""Whom and what a story names of the post that is played: who can be told there, and by which channel."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from monitor.notify.plan import Plan
from simulator.scenario.casting import Problem, meant
from simulator.scenario.shapes import Scenario


def unknown_addressees(scenario: Scenario, plan: Plan) -> Iterator[Problem]:
    """What is asked of somebody whom nobody ever tells is always so, or never."""
    people, channels = _people(plan), sorted(plan.channels)
    for number, want in enumerate(scenario.want):
        if want.told is not None and want.told.who not in people:
            yield ("want", number, "told"), f"nobody is called {want.told.who}{meant(want.told.who, people)}"
        if want.told is not None and want.told.channel is not None and want.told.channel not in channels:
            yield ("want", number, "told"), _no_channel(want.told.channel, channels)
    for number, step in enumerate(scenario.step):
        channel = getattr(step, "channel", None)
        if step.do == "channel_fails" and channel not in channels:
            yield ("step", number, "channel"), _no_channel(str(channel), channels)


def _no_channel(said: str, channels: list[str]) -> str:
    return f"no channel is called {said}{meant(said, channels) or '; there is ' + ', '.join(channels)}"


def _people(plan: Plan) -> list[str]:
    """Roles, and those who hold them, by name and by address."""
    everywhere = (plan.chains, plan.sent_out, *plan.elsewhere.values(), *plan.sent_out_elsewhere.values())
    roles = {step.role for kinds in everywhere for step in chain.from_iterable(kinds.values())} | set(plan.roster)
    holders = [each for some in plan.roster.values() for each in some]
    addresses = {way.address for each in holders for way in each.ways}
    rings = {f"layer_{each.layer}" for each in plan.layers.rings}
    return sorted(roles | rings | {each.name for each in holders} | addresses)
