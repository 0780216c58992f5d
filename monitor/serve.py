"""`chuong serve`: the monitor that leads, or one that stands by, ready for all but the lease."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import structlog
import uvicorn

from monitor.app import Monitor
from monitor.clock import Clock, SystemClock
from monitor.collector import here_to_stay
from monitor.frame_relay import relayed
from monitor.inventory.action_plans import read_action_plans
from monitor.inventory.alarm_classes import read_alarm_classes
from monitor.logs import configure_logs
from monitor.notify.plan import Plan
from monitor.pipeline.discipline_rules import read_discipline
from monitor.settings import Settings, action_plans_file, discipline_file
from monitor.sole_use import leading_monitor_on, listener_on
from monitor.web.api import create_app
from monitor.web.server import Server

log = structlog.get_logger()


def serve(settings: Settings, classes_file: Path, telling: Plan, clock: Clock | None = None) -> None:
    """Runs until it is told to stop, on the machine's clock or another. Raises ``StartError`` where it cannot start."""
    configure_logs(settings.log_level)
    clock = clock or SystemClock()
    with ExitStack() as closing:
        listener = closing.enter_context(listener_on(settings.http_host, settings.http_port))
        # All that needs no lease: whoever takes over has it behind him, for it takes longer than the rest together.
        with here_to_stay():
            plans = read_action_plans(action_plans_file(classes_file))
            monitor = Monitor(settings, read_alarm_classes(classes_file), clock, plans, telling)
            monitor.set_aside.rules = read_discipline(discipline_file(classes_file))
            server = _server(monitor)
        fence = closing.enter_context(leading_monitor_on(settings.database_url, clock))
        monitor.store.fence(fence)
        with here_to_stay():
            monitor.start(closing)
        if fence is not None:
            closing.enter_context(relayed(monitor.feed, settings, fence, clock))
        if monitor.health()["broker_anonymous"]:
            log.warning("broker_without_accounts", advice="fine for a first trial; see deploy/mosquitto for accounts")
        log.info("serving", host=settings.http_host, port=settings.http_port)
        server.run(sockets=[listener])


def _server(monitor: Monitor) -> Server:
    config = uvicorn.Config(
        create_app(monitor, monitor.feed),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    config.load()
    return Server(config, monitor.feed)
