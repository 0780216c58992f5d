"""``python -m monitor.scenario.paced_monitor``: a monitor as ever, on a story's clock, that tells its people."""

from __future__ import annotations

import os

from monitor.scenario.paced_clock import Pace, PacedClock
from monitor.scenario.told import by_webhooks, post_plan
from monitor.serve import serve
from monitor.settings import load_settings, shipped

PACE, TELL = "SCENARIO_PACE", "SCENARIO_TELL"


def main() -> None:
    clock = PacedClock(Pace.read(os.environ[PACE]))
    telling = by_webhooks(post_plan(), os.environ[TELL])
    serve(load_settings(), shipped("config/alarm_classes.toml"), telling, clock)


if __name__ == "__main__":
    main()
