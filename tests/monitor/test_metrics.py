from __future__ import annotations

from monitor import metrics


def test_it_names_every_figure_alike() -> None:
    families = list(metrics.REGISTRY.collect())
    assert len(families) > 15
    assert all(family.name.startswith("chuong_") and family.documentation for family in families)


def test_it_keeps_its_children() -> None:
    assert metrics.messages("native", "decoded") is metrics.messages("native", "decoded")


def test_it_forgets_states_that_no_device_is_in() -> None:
    metrics.show_inventory({1: 2}, {("bell", "ONLINE"): 1})
    metrics.show_inventory({}, {("bell", "OFFLINE"): 1})
    text = metrics.render().decode()
    assert 'state="ONLINE"' not in text
    assert 'chuong_open_alarms{priority="1"} 0.0' in text


def test_it_names_the_version_that_runs() -> None:
    assert f'chuong_build_info{{version="{metrics.product_version()}"}} 1.0' in metrics.render().decode()
