"""A hold-up in the centre of a plan warns its rings in order; whoever was told is told when it is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from monitor.errors import Refusal, UnknownRecord
from monitor.inventory import seeding
from monitor.inventory.areas import read_tree
from monitor.inventory.layers import derived_layers, standing_plans
from monitor.inventory.seeding_lines import read_lines
from monitor.inventory.territory import EVERYWHERE, territory_of
from monitor.journal.duties import Settled, done_by_hand, take
from monitor.journal.duties import settle as settle_row
from monitor.journal.layer_warnings import layers_json, warnings_page
from monitor.machines.delivery import DutyState
from monitor.machines.incident import Closing, Disposition, Stage
from monitor.pipeline import layer_log
from monitor.pipeline.incident_commands import Act
from monitor.pipeline.layer_watch import LayerWatch
from tests.fakes import FakeClock
from tests.monitor.conftest import Post
from tests.monitor.inventory.commune import load, load_areas, table
from tests.monitor.pipeline.test_incidents import acknowledged, incidents, press, timeline

STORES = ("sqlite",)
OFFICER = "duty officer"
PILOT = datetime(2024, 4, 1, 11, tzinfo=UTC)
SPRING = PILOT.date()
CENTRE, BORDER, OUTER = 3, 2, 1


@pytest.fixture
def clock() -> FakeClock:
    """In the spring of the pilot, before the units were restructured."""
    return FakeClock(PILOT)


@pytest.fixture
def town(post: Post) -> Post:
    load_areas(post.store)
    load(post.store, seeding.load_layers, "three_layer_an_khe.csv")
    post.register("bell-1", alarm_kind="hold_up", area_id=unit(post, "Phường Tây Sơn"))
    return post


def unit(post: Post, name: str, day: date = SPRING) -> str:
    with post.store.read() as connection:
        return next(area.id for area in read_tree(connection) if area.name == name and area.is_valid(day))


def verified(post: Post) -> dict[str, Any]:
    incident = acknowledged(post, press(post))
    return post.incidents.assess(act(incident), 4)


def act(incident: dict[str, Any]) -> Act:
    return Act(incident_id=incident["id"], version=incident["version"], by=OFFICER)


def told(post: Post) -> list[tuple[str, str]]:
    """(role, state) of what units are told, in the order it was decided."""
    return [(each["role"], each["state"]) for each in all_told(post)]


def all_told(post: Post) -> list[dict[str, Any]]:
    return [each for each in post.duties() if each["role"].startswith("layer_")]


def layers(post: Post, incident_id: int = 1) -> dict[str, Any]:
    with post.store.read() as connection:
        return layers_json(connection, incident_id)[-1]


def pass_on(post: Post, *, by_hand: bool = True) -> None:
    """What is due leaves; a person copies it and says so."""
    with post.store.transaction() as tx:
        for duty in take(tx, "copy", 100, post.clock.now()):
            now = post.clock.now()
            settled = Settled(DutyState.BY_HAND, now, is_repeat=False, outcome="by_hand", said="", is_over=True)
            settle_row(tx, duty["id"], duty["attempts"], settled, now)
            if by_hand:
                done_by_hand(tx, duty["id"], OFFICER, now, EVERYWHERE)


def answer_all(post: Post, layer: int) -> None:
    ring = next(each for each in layers(post)["rings"] if each["layer"] == layer)
    for each in ring["posts"]:
        post.layers.answer(each["id"], OFFICER, EVERYWHERE)


def test_it_warns_3_then_8_then_7_units_from_the_centre_outwards(town: Post) -> None:
    """R0.2: an alarm in P. Tây Sơn (3) warns layers 2 and 1 in ring order, and one click takes it back."""
    incident = verified(town)
    found = []
    for _ in range(40):
        town.wait(1)
        found.append([role for role, _state in told(town)])
    assert found[0] == ["layer_3"] * 3
    assert found[28] == ["layer_3"] * 3
    assert found[31] == ["layer_3"] * 3 + ["layer_2"] * 8
    town.wait(600)
    assert "layer_1" not in dict(told(town)), "communes of other owners come when a person says so"
    town.layers.order(act(incident), OUTER)
    assert [role for role, _state in told(town)] == ["layer_3"] * 3 + ["layer_2"] * 8 + ["layer_1"] * 7
    pass_on(town)
    town.layers.cancel(act(incident))
    cancelled = [each for each in all_told(town) if each["text"].startswith("HỦY")]
    assert sorted(each["recipient"] for each in cancelled) == sorted(each["recipient"] for each in all_told(town)[:18])
    assert cancelled[0]["text"].splitlines()[0].startswith("HỦY BÁO ĐỘNG CƯỚP – ")
    lines = [line["kind"] for line in timeline(town, incident["id"])]
    assert [kind for kind in lines if kind.startswith("layer_")] == [
        "layer_told", "layer_told", "layer_late", "layer_late", "layer_told", "layer_cancelled",
    ]  # fmt: skip


def test_it_says_where_and_which_plan(town: Post) -> None:
    verified(town)
    town.wait(1)
    assert all_told(town)[0]["text"].splitlines() == [
        "BÁO ĐỘNG CƯỚP – bell-1",
        "Mã BD-240401-0001 · Đã xác minh lúc 18:00:01",
        "Phương án 3 lớp 3LOP-ANKHE-2024 – lớp 3: Phường An Phú",
        "Nhận được tin, báo tiếp nhận ngay cho trực ban",
    ]


def test_it_cancels_only_for_those_who_were_told(town: Post) -> None:
    incident = verified(town)
    town.wait(1)
    pass_on(town)
    town.wait(30)
    pass_on(town, by_hand=False)  # the border's texts lie on the desk, and nobody copied them
    town.layers.cancel(act(incident))
    cancelled = [each["role"] for each in all_told(town) if each["text"].startswith("HỦY")]
    assert cancelled == ["layer_3"] * 3
    assert [state for role, state in told(town) if role == "layer_2"] == ["STOPPED"] * 8
    town.wait(60)
    assert len(all_told(town)) == 3 + 8 + 3, "nobody is warned any more, nor told twice that it is over"


def test_it_waits_for_what_is_on_its_way_before_it_takes_it_back(town: Post) -> None:
    incident = verified(town)
    town.wait(1)
    with town.store.transaction() as tx:
        one, *_ = take(tx, "copy", 1, town.clock.now())
    town.layers.cancel(act(incident))
    assert len(all_told(town)) == 3
    with town.store.transaction() as tx:
        now = town.clock.now()
        sent = Settled(DutyState.SENT, now, is_repeat=False, outcome="delivered", said="", is_over=True)
        settle_row(tx, one["id"], one["attempts"], sent, now)
    town.wait(2)
    assert [each["recipient"] for each in all_told(town)[3:]] == [one["recipient"]]
    assert layers(town)["is_settled"]


def test_it_raises_a_layer_that_does_not_answer_once_and_none_that_did(town: Post) -> None:
    verified(town)
    town.wait(1)
    answer_all(town, CENTRE)
    town.wait(120 + 30 + 60)
    late = [each["text"].splitlines()[:2] for each in town.duties() if "CHƯA TIẾP NHẬN" in each["text"]]
    names = ", ".join(each["name"] for each in layers(town)["rings"][1]["posts"])
    assert late == [["LỚP 2 CHƯA TIẾP NHẬN sau 120 giây – BÁO ĐỘNG CƯỚP – bell-1", f"Chưa trả lời 8/8 đơn vị: {names}"]]
    assert [ring["answered"] for ring in layers(town)["rings"]] == [3, 0, 0]


def test_it_goes_on_across_a_restart(town: Post, reborn: Callable[[], Post]) -> None:
    verified(town)
    town.wait(1)
    town.clock.forward(28)
    again = reborn()
    again.wait(1)
    assert [role for role, _state in told(again)] == ["layer_3"] * 3
    again.wait(2)
    assert [role for role, _state in told(again)] == ["layer_3"] * 3 + ["layer_2"] * 8
    again.layers.cancel(Act(incident_id=1, version=1, by=OFFICER))
    third = reborn()
    third.wait(60)
    assert len(all_told(third)) == 11, "what was cancelled is not begun anew"


def test_it_warns_nobody_before_it_is_verified_or_for_the_border(town: Post) -> None:
    incident = acknowledged(town, press(town))
    town.incidents.assess(act(incident), 2)
    town.register("bell-2", alarm_kind="hold_up", area_id=unit(town, "Phường Ngô Mây"))
    other = acknowledged(town, press(town, "bell-2"))
    town.incidents.assess(act(other), 4)
    town.wait(60)
    assert told(town) == []
    with pytest.raises(Refusal, match="verified"):
        town.layers.order(act(incident), CENTRE)
    with pytest.raises(Refusal, match="centre of no plan"):
        town.layers.order(act(other), CENTRE)


def test_it_orders_no_ring_before_those_inside_it(town: Post) -> None:
    incident = verified(town)
    town.wait(1)
    with pytest.raises(Refusal, match="layer 2 comes before layer 1"):
        town.layers.order(act(incident), OUTER)
    town.layers.order(act(incident), BORDER)
    town.layers.order(act(incident), OUTER)
    assert len(told(town)) == 18


def test_it_cancels_by_itself_when_the_incident_is_closed(town: Post) -> None:
    incident = verified(town)
    town.wait(1)
    pass_on(town)
    for step in ("area_officer", "commander"):
        town.incidents.plan_step(act(incident), step, is_done=True, text=None)
    seen = incidents(town)[0]
    town.incidents.close(act(seen), Closing(disposition=Disposition.ACCIDENTAL, note="bấm nhầm"))
    town.wait(2)
    assert incidents(town)[0]["stage"] == Stage.CLOSED
    assert [each["text"].split()[0] for each in all_told(town)[3:]] == ["HỦY"] * 3


def test_it_lets_a_post_answer_for_itself_alone(town: Post) -> None:
    verified(town)
    town.wait(1)
    with town.store.read() as connection:
        own = territory_of(connection, unit(town, "Phường An Phú"))
        (seen,) = warnings_page(connection, own)
    mine = seen["rings"][0]["posts"]
    assert [post["name"] for post in mine] == ["Phường An Phú"]
    town.layers.answer(mine[0]["id"], "P. An Phú", own)
    other = next(post for post in layers(town)["rings"][0]["posts"] if post["name"] == "Phường An Tân")
    with pytest.raises(UnknownRecord):
        town.layers.answer(other["id"], "P. An Phú", own)
    assert layers(town)["rings"][0]["answered"] == 1


def test_it_says_our_own_fault_when_a_warning_cannot_be_written(town: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layer_log, "plans_around", lambda *_: {}["a bug"])
    verified(town)
    town.wait(1)
    assert town.layers.failed_at == town.clock.now()
    assert press(town, number=2)["stage"] == "ACKNOWLEDGED"


def test_it_lists_restructured_units_and_never_picks_a_ring(town: Post) -> None:
    """R0.5: the new P. An Bình is of layers 1 and 2."""
    after = date(2025, 7, 1)
    with town.store.read() as connection:
        tree = read_tree(connection)
        (before,), (plan,) = standing_plans(connection, tree, SPRING), standing_plans(connection, tree, after)
    assert [sum(each.layers == (layer,) for each in before.units) for layer in (1, 2, 3)] == [7, 8, 3]
    mixed = {each.name: each.layers for each in plan.units if each.is_undecided and not each.is_gone}
    assert mixed["Phường An Bình"] == (1, 2)
    assert {each.name: each.layers for each in plan.units if not each.is_undecided}["Xã Ya Hội"] == (1,)
    assert plan.layer_of([unit(town, "Phường An Bình", after)]) is None
    gone = {each.name for each in plan.units if each.is_gone}
    assert gone == {"Xã Nghĩa An", "Xã Đông", "Xã Kông Yang"}, "no unit is lost because nobody wrote down its heir"


def test_it_tells_the_border_from_who_borders_whom(town: Post) -> None:
    """R0.1: layer 2 is whoever of the town stands next to layer 1."""
    lines = read_lines(table("three_layer_an_khe.csv"), ("ward_code", "layer"))
    rings = {line.need("ward_code"): line.whole("layer") for line in lines if line.text("layer")}
    outside = {code for code, layer in rings.items() if layer == OUTER} | {"23989"}
    border = sorted(code for code, layer in rings.items() if layer == BORDER)
    borders = [(outer, border[place % len(border)]) for place, outer in enumerate(sorted(outside - {"23989"}))]
    borders += [(border[-1], min(outside - {"23989"})), ("23989", "24001")]
    assert derived_layers(rings.keys() - outside, outside, borders) == rings


def test_it_watches_nothing_without_rings(town: Post) -> None:
    quiet = LayerWatch(town.store, town.pipeline, type(town.plan)(), town.clock)
    verified(town)
    town.clock.forward(5)
    quiet.turn()
    assert told(town) == []
