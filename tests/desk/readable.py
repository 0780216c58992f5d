"""What holds for every page: readable for everybody, nothing cut off, kept as a picture where ``DESK_LOOKS`` says."""

from __future__ import annotations

import os
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What passed is of no interest, and costs most of the time.
OPTIONS = {"runOnly": RULES, "resultTypes": ["violations"]}
WALL, PHONE = {"width": 1920, "height": 1080}, {"width": 390, "height": 844}
SIZES = {"wall": WALL, "phone": PHONE}
FOLDER = os.environ.get("DESK_LOOKS")

# Colours do not change with the size, nor the layout with the colours: two looks prove what four would.
LOOKS = list(product(SIZES, ["dark", "light"])) if FOLDER else [("wall", "dark"), ("phone", "light")]
in_every_look = pytest.mark.parametrize(("size", "theme"), LOOKS)


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if not _is_half_covered(page, one)]


# A square of 24 px of it that nothing lies over (WCAG 2.2, 2.5.8), where a finger would scroll to it.
IS_REACHED = """target => {
    target.scrollIntoView({ block: "center", behavior: "instant" });
    const { left, top, width, height } = target.getBoundingClientRect();
    const is = (x, y) => target.contains(document.elementFromPoint(left + width / 2 + x, top + height / 2 + y));
    return Math.min(width, height) >= 24 && [[-11, -11], [11, -11], [-11, 11], [11, 11]].every(([x, y]) => is(x, y));
}"""


def _is_half_covered(page: Page, violation: Any) -> bool:
    """A target half under a bar that stays at the edge; axe looks at a page from its top alone."""
    if violation["id"] != "target-size":
        return False
    return all(page.locator(node["target"][0]).evaluate(IS_REACHED) for node in violation["nodes"])


def overflow(page: Page) -> int:
    """Pixels by which the page is too wide; 0 or less is none."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


# Each row of a queue: a shape of its own kind, the number in it, and a word for both.
BY_COLOUR_ALONE = """rows => rows.filter(row => {
    const shape = row.querySelector(".shape use")?.getAttribute("href") ?? "";
    const number = shape && document.querySelector(`${shape} text`)?.textContent;
    const word = row.querySelector("[data-field=priority]")?.textContent;
    return shape !== `#shape-${number?.toLowerCase()}` || !word;
}).map(row => row.textContent.trim().replace(/\\s+/g, " "))"""


def told_by_colour_alone(page: Page, rows: str = "#queue > li") -> list[str]:
    """Rows that say how urgent they are by nothing else."""
    found: list[str] = page.locator(rows).evaluate_all(BY_COLOUR_ALONE)
    return found


def keep_picture(page: Page, name: str, settled_ms: int = 400) -> None:
    if FOLDER:
        page.wait_for_timeout(settled_ms)
        page.screenshot(path=Path(FOLDER) / f"{name}.png")
