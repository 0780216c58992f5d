"""``python -m tests.desk.looks FOLDER [--only NAME,…] [--states STATE,…] [--sheets docs/looks]``: see docs/looks.md."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.chromium import launch
from tests.desk.looks.living_post import LivingPost, living_post
from tests.desk.looks.screens import ALARM, FLOOD, QUIET, SCREENS, STALE, STATES
from tests.desk.looks.sheets import make_sheets, make_vision_sheet
from tests.desk.looks.taking import Camera, Taken

HAPPENS = {QUIET: (), ALARM: (LivingPost.alarm,), STALE: (), FLOOD: (LivingPost.flood,)}


def main() -> int:
    options = _options()
    options.folder.mkdir(parents=True, exist_ok=True)
    began, only = time.monotonic(), options.only.split(",") if options.only else None
    screens = [screen for screen in SCREENS if not only or screen.name in only]
    taken = Taken(options.folder)
    expect.set_options(timeout=40_000)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(prefix="chuong-looks-") as folder:
        browser = launch(playwright)
        if not options.no_pictures:
            with living_post(Path(folder)) as post:
                print(f"the post runs after {time.monotonic() - began:.0f} s", flush=True)
                camera = Camera(post, browser, taken)
                for state in STATES:
                    for happens in HAPPENS[state]:
                        happens(post)
                    if state in options.states.split(","):
                        camera.take(screens, state)
                        if state == FLOOD and not only:
                            camera.take_visions()
                        print(f"{state}: {taken.pictures} pictures, {time.monotonic() - began:.0f} s", flush=True)
        if options.sheets:
            make_sheets(browser, options.folder, options.sheets, screens)
            make_vision_sheet(browser, options.folder, options.sheets)
        browser.close()
    print(f"{taken.pictures} pictures, {taken.asked} times axe, {len(taken.problems)} problems, "
          f"{time.monotonic() - began:.0f} s on {os.cpu_count()} cores")  # fmt: skip
    return bool(taken.problems)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.desk.looks", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the full pictures go")
    parser.add_argument("--only", default="", help="names of screens")
    parser.add_argument("--states", default=",".join(STATES))
    parser.add_argument("--sheets", type=Path, help="where one sheet of all its states goes for each screen")
    parser.add_argument("--no-pictures", action="store_true", help="sheets of the pictures that are there")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
