from __future__ import annotations

from monitor.sparkplug_host import nodes


def test_it_finds_the_nodes_of_what_is_registered() -> None:
    assert nodes(["g/gw", "g/gw/bell", "g/gw/bell/Inputs/Panic", "g/other/cam", "nowhere", "/x"]) == ["g/gw", "g/other"]
