"""``chuong demo``: broker, monitor and simulated commune on this machine, as one group that ends together."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rich.console import Console

from monitor.clock import Clock, SystemClock
from monitor.demo.brokers import BrokerPlan, find_nats, find_program, prepare, write_secret
from monitor.demo.children import Child, Children, Follower, Program
from monitor.demo.claims import Port, claim_ports, claimed_folder
from monitor.demo.logins import LOGINS, remembered_logins
from monitor.errors import StartError
from monitor.inventory.alarm_classes import read_alarm_classes
from monitor.settings import alarm_classes_file, load_settings

HOST = "127.0.0.1"
MONITOR_ACCOUNTS = ("monitor-alarm", "monitor-state")
START_PATIENCE_S = 60.0
POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """``keep``: folder for everything, used again next time; without it nothing stays. ``broker``: a certain one."""

    http_port: int = 8113
    mqtt_port: int = 18113
    keep: Path | None = None
    open_browser: bool = True
    quiet_s: float = 60.0
    broker: str | None = None

    @property
    def desk(self) -> str:
        return f"http://{HOST}:{self.http_port}"

    @property
    def ports(self) -> list[Port]:
        return [Port(self.http_port, "desk", "--http-port"), Port(self.mqtt_port, "broker", "--mqtt-port")]


class _EndRequested(Exception):  # no error: somebody wants us to end
    pass


def run_demo(options: DemoOptions) -> int:
    """Runs until Ctrl-C, SIGTERM or a closed terminal; then 0. Raises ``ChuongError`` where something fails."""
    clock = SystemClock()
    with ExitStack() as closing:
        stop = closing.enter_context(_stop_signals())
        claim_ports(options.ports, options.desk, closing)
        folder = claimed_folder(options.keep, options.desk, closing)
        children = Children(folder, clock)
        closing.callback(children.stop)
        demo = _Demo(options, folder, children, stop, clock)
        try:
            demo.set_up()
            demo.watch()
        except _EndRequested:
            demo.say("ending all processes")
    return 0


class _Demo:
    def __init__(
        self, options: DemoOptions, folder: Path, children: Children, stop: threading.Event, clock: Clock
    ) -> None:
        self._options, self._folder, self._children = options, folder, children
        self._stop, self._clock = stop, clock
        self._console = Console(highlight=False, soft_wrap=True)
        self._started_s = clock.monotonic_s()
        self._accounts = _simulator_accounts()
        devices = [*self._accounts["devices"], *self._accounts["gateways"]]
        self._passwords = {account: secrets.token_urlsafe(16) for account in (*MONITOR_ACCOUNTS, *devices)}
        self._environ = self._environment()

    def say(self, line: str) -> None:
        try:
            self._console.print(line, markup=False)
        except OSError:  # the terminal is gone, and so should we be
            self._stop.set()

    def set_up(self) -> None:
        settings = load_settings(environ=self._environ)
        read_alarm_classes(alarm_classes_file(environ=self._environ))
        self._start_broker()
        logins = remembered_logins(self._folder, settings.database_url, self._clock)
        self._start_monitor()
        simulator = self._start_simulator()
        self._tell(logins)
        self._follow = Follower(simulator.output)
        if self._options.open_browser:
            _open_browser(self._options.desk)

    def watch(self) -> None:
        """Shows what the simulated commune does, until something ends."""
        while True:
            self._check()
            for line in self._follow.new_lines():
                self.say(line)
            self._stop.wait(POLL_S)

    def _start_broker(self) -> None:
        program = find_nats() if self._options.broker == "nats-server" else find_program()
        plan = BrokerPlan(
            folder=self._folder / "broker",
            port=self._options.mqtt_port,
            passwords=self._passwords,
            gateways=self._accounts["gateways"],
        )
        prepared = prepare(program, plan)
        self._children.start(Program("broker", prepared.command, os.environ, prepared.log))
        self._until(lambda: _accepts(self._options.mqtt_port), "the broker")
        self.say(f"· broker     {program.name}, port {self._options.mqtt_port}")

    def _start_monitor(self) -> None:
        command = [sys.executable, "-m", "monitor.cli", "serve"]
        self._children.start(Program("monitor", command, self._environ))
        self._until(lambda: _is_ready(self._options.http_port), "the monitor")
        self.say(f"· monitor    {self._options.desk}")

    def _start_simulator(self) -> Child:
        credentials = self._folder / "credentials.json"
        devices = {name: word for name, word in self._passwords.items() if name not in MONITOR_ACCOUNTS}
        write_secret(credentials, json.dumps(devices))
        options = {
            "--mqtt-url": self._mqtt_url,
            "--http-url": self._options.desk,
            "--token-file": str(self._folder / "token"),
            "--credentials": str(credentials),
            "--spool": str(self._folder / "spool"),
            "--quiet-s": str(self._options.quiet_s),
        }
        command = [sys.executable, "-m", "simulator", "demo", *(word for pair in options.items() for word in pair)]
        child = self._children.start(Program("simulator", command, os.environ))
        self._until(lambda: "devices registered" in child.output.read_text(encoding="utf-8"), "the simulator")
        self.say("· commune    21 groups, 118 eyes, 8 high-mast, 21 buttons: switched on")
        return child

    def _tell(self, logins: Mapping[str, str]) -> None:
        took_s = self._clock.monotonic_s() - self._started_s
        credentials = self._folder / "credentials.json"
        self.say(f"\nThe desk is live after {took_s:.1f} s:  {self._options.desk}\n")
        for name, password in logins.items():
            self.say(f"  {name:<10} {password}   {LOGINS[name]}")
        self.say("\nPress a button yourself:")
        self.say(
            f"  {sys.executable} -m simulator press --device BELL-DV-001"
            f" --mqtt-url {self._mqtt_url} --credentials {credentials}"
        )
        self.say(f"\nFirst hold-up after {self._options.quiet_s:.0f} quiet seconds. Ctrl-C ends everything.\n")

    @property
    def _mqtt_url(self) -> str:
        return f"mqtt://{HOST}:{self._options.mqtt_port}"

    def _environment(self) -> dict[str, str]:
        """The monitor's: what the demo must decide itself, over whatever the user has set."""
        alarm, state = MONITOR_ACCOUNTS
        database = self._folder.resolve() / "chuong.sqlite3"
        return dict(os.environ) | {
            "CHUONG_DATABASE_URL": f"sqlite:///{database}",
            "CHUONG_MQTT_URL": self._mqtt_url,
            "CHUONG_MQTT_ALARM_USER": alarm,
            "CHUONG_MQTT_ALARM_PASSWORD": self._passwords[alarm],
            "CHUONG_MQTT_STATE_USER": state,
            "CHUONG_MQTT_STATE_PASSWORD": self._passwords[state],
            "CHUONG_BASE_TOPIC_NATIVE": "anninh/v1",
            "CHUONG_BASE_TOPIC_ZIGBEE2MQTT": "zigbee2mqtt",
            "CHUONG_POST_NAME": "Đinh Văn – dữ liệu mẫu",
            "CHUONG_MAP_FILE": str(_simulated_map()),
            "CHUONG_HTTP_HOST": HOST,
            "CHUONG_HTTP_PORT": str(self._options.http_port),
        }

    def _until(self, condition: Callable[[], bool], what: str) -> None:
        deadline_s = self._clock.monotonic_s() + START_PATIENCE_S
        while not condition():
            self._check()
            if self._clock.monotonic_s() > deadline_s:
                raise StartError(f"{what} did not come up within {START_PATIENCE_S:.0f} s")
            self._stop.wait(POLL_S)

    def _check(self) -> None:
        if self._stop.is_set():
            raise _EndRequested
        if dead := self._children.dead():
            code, said = dead.process.returncode, dead.last_lines()
            raise StartError(f"the {dead.name} ended by itself with code {code}; its last lines:\n{said}")


@contextmanager
def _stop_signals() -> Iterator[threading.Event]:
    stop = threading.Event()
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _simulator_accounts() -> dict[str, Any]:
    """Asked of the simulator as a program: the monitor does not import it."""
    command = [sys.executable, "-m", "simulator", "accounts"]
    answer = subprocess.run(command, capture_output=True, check=False, text=True)
    if answer.returncode != 0:
        raise StartError(f"the simulator cannot be started:\n{answer.stderr.strip()[-2000:]}")
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def _simulated_map() -> Path:
    """Beside the tables of its commune; none where the simulator is not installed."""
    found = find_spec("simulator")
    return Path(found.origin if found and found.origin else "").parent / "commune" / "map.geojson"


def _accepts(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=1)
    try:
        connection.connect()
    except OSError:
        return False
    finally:
        connection.close()
    return True


def _is_ready(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _open_browser(address: str) -> None:
    """Only where there is a screen: elsewhere a text browser would take over the terminal."""
    if sys.platform != "darwin" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return
    try:
        webbrowser.open(address)
    except (webbrowser.Error, OSError):
        return
