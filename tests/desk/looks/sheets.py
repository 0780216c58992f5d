"""Contact sheets: all states of a screen in one picture at half size, made by the browser itself."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.desk.looks.screens import Screen
from tests.desk.looks.taking import SIZES, THEMES, VISIONS

MOST_BYTES = 215_000
# Draws the pictures in rows, wide ones above and narrow ones below, and packs them until they are small enough.
DRAW = """async ({rows, most}) => {
    const GAP = 10, NAME = 26;
    const load = async url => { const image = new Image(); image.src = url; await image.decode(); return image; };
    const sheets = [];
    const drawn = async ({url, name}) => ({image: await load(url), name});
    for (const row of rows) sheets.push(await Promise.all(row.map(drawn)));
    const half = each => [Math.round(each.image.width / 2), Math.round(each.image.height / 2)];
    const width = Math.max(...sheets.map(row => row.reduce((sum, each) => sum + half(each)[0] + GAP, GAP)));
    const height = sheets.reduce((sum, row) => sum + Math.max(...row.map(each => half(each)[1])) + NAME + GAP, GAP);
    const canvas = Object.assign(document.createElement("canvas"), {width, height});
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#7c858d";
    pen.fillRect(0, 0, width, height);
    pen.imageSmoothingQuality = "high";
    pen.font = "600 16px Inter, sans-serif";
    let y = GAP;
    for (const row of sheets) {
        let x = GAP;
        for (const each of row) {
            pen.fillStyle = "#0b0d0f";
            pen.fillText(each.name, x, y + 18);
            pen.drawImage(each.image, x, y + NAME, ...half(each));
            x += half(each)[0] + GAP;
        }
        y += Math.max(...row.map(each => half(each)[1])) + NAME + GAP;
    }
    for (const quality of [0.5, 0.3, 0.15]) {
        const packed = canvas.toDataURL("image/webp", quality);
        if (packed.length * 0.75 <= most || quality < 0.2) return packed;
    }
}"""


def make_sheets(browser: Browser, pictures: Path, sheets: Path, screens: Iterable[Screen]) -> None:
    """``SCREEN.webp`` for each, of the pictures that are there."""
    sheets.mkdir(parents=True, exist_ok=True)
    page = browser.new_page()
    for screen in screens:
        rows = [
            [pictures / f"{screen.name}-{state}-{theme}-{size}.png" for state in screen.states]
            for size in SIZES
            for theme in THEMES
        ]
        wide, narrow = rows[: len(THEMES)], rows[len(THEMES) :]
        draw(page, [*wide, [path for row in narrow for path in row]], sheets / f"{screen.name}.webp")
    page.close()


def make_vision_sheet(browser: Browser, pictures: Path, sheets: Path) -> None:
    """A row for each way of seeing: the desk in the dark, the wall in the light."""
    page = browser.new_page()
    shown = (("desk", "dark"), ("wall", "light"))
    rows = [[pictures / f"{name}-{vision}-{theme}-vision.png" for name, theme in shown] for vision in VISIONS]
    draw(page, rows, sheets / "vision.webp")
    page.close()


def draw(page: Page, rows: Iterable[Iterable[Path]], target: Path) -> None:
    """One sheet of these pictures; those that are not there are left out."""
    there = [[{"url": _url(path), "name": _name(path)} for path in row if path.exists()] for row in rows]
    if not any(there):
        return
    packed = page.evaluate(DRAW, {"rows": [row for row in there if row], "most": MOST_BYTES})
    target.write_bytes(base64.b64decode(packed.partition(",")[2]))


def _url(path: Path) -> str:
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"


def _name(path: Path) -> str:
    return path.stem.rpartition("-")[0].replace("-", " ")
