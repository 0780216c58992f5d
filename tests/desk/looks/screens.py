"""Every screen there is, where it is, and in which states it is looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.desk.lists import bring_thirty
from tests.desk.pole import locate

QUIET, ALARM, STALE, FLOOD = STATES = ("quiet", "alarm", "stale", "flood")
Made = Callable[[Page], None]


@dataclass(frozen=True, slots=True)
class Screen:
    """``path``: an address, or the name of one that the post knows. ``part``: only this element is in the picture.
    ``prepare``: what is done on the page before it is looked at. ``is_inside``: behind the door. ``stale_mark``: what
    is in sight when nothing comes from the server any more.
    """

    name: str
    path: str
    states: tuple[str, ...] = (QUIET, ALARM, STALE)
    part: str = ""
    prepare: Made = lambda _page: None
    is_inside: bool = True
    stale_mark: str = "#stale-strip"


SCREENS = (
    Screen("desk", "/", STATES),
    Screen("wall", "/wall", STATES),
    Screen("map", "/", STATES, part="#map"),
    Screen("incident", "incident"),
    Screen("incidents", "/incidents", STATES),
    Screen("devices", "/devices"),
    Screen("device", "device"),
    Screen("groups", "/groups"),
    Screen("group", "/groups/DV-01"),
    Screen("bell-tests", "/bell-tests"),
    Screen("shift", "/shift"),
    Screen("hand-over", "/shift/1", (QUIET,)),
    Screen("duties", "/duties"),
    Screen("shelved", "/shelved"),
    Screen("sirens", "/sirens"),
    Screen("layers", "/layers?as_of=2025-06-01"),
    Screen("reported", "/reported"),
    Screen("register", "/register", prepare=locate, stale_mark="#freshness[data-link=stale]"),
    Screen("import", "/import", prepare=bring_thirty),
    Screen("patrol", "patrol"),
    Screen("strangers", "/strangers"),
    Screen("falls", "/falls"),
    Screen("needs", "/needs"),
    Screen("profile", "/profile"),
    Screen("users", "/users"),
    Screen("audit", "/audit"),
    Screen("system", "/system"),
    Screen("drills", "/drills"),
    Screen("drill", "drill", (QUIET, STALE)),
    Screen("login", "/login", (QUIET,), is_inside=False),
)
