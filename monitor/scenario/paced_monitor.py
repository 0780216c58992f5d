"""``python -m monitor.scenario.paced_monitor``: a monitor as ever, on a story's clock, that tells its people."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, event

from monitor.scenario.paced_clock import Pace, PacedClock
from monitor.scenario.switches import Switches
from monitor.scenario.told import by_webhooks, post_plan
from monitor.serve import serve
from monitor.settings import load_settings, shipped

PACE, TELL, SWITCHES = "SCENARIO_PACE", "SCENARIO_TELL", "SCENARIO_SWITCHES"


class SetClock(PacedClock):
    """The story's, with a wall clock that somebody may set; time itself passes for all alike."""

    def __init__(self, pace: Pace, switches: Switches) -> None:
        super().__init__(pace)
        self._switches = switches

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self._switches.set_by_s)


def main() -> None:
    switches = Switches(Path(os.environ[SWITCHES]))
    clock = SetClock(Pace.read(os.environ[PACE]), switches)
    event.listen(Engine, "commit", lambda _connection: switches.refuse_commit(clock))
    telling = by_webhooks(post_plan(), os.environ[TELL])
    serve(load_settings(), shipped("config/alarm_classes.toml"), telling, clock)


if __name__ == "__main__":
    main()
