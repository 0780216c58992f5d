"""The demo commune on a real broker and a real monitor, every device alive, and hands to disturb it."""

from __future__ import annotations

import json
import sys
import time
from itertools import chain
from pathlib import Path

from simulator.commune import DATA
from tests import template
from tests.brokers import GATEWAY_ACCOUNT, Broker, Wire, password_of
from tests.processes import MonitorProcess
from tests.small_post import Desk

DEVICES = 170
ALIVE_S = 90.0
COUNTER, GOLD_SHOP, BANK = "sos-qtd-01-1", "sos-tv-01-1", "sos-nh-02-2"


class Commune:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.broker = Broker(folder)
        named = {"CHUONG_POST_NAME": "Công an thị trấn Đinh Văn", "CHUONG_MAP_FILE": str(DATA / "map.geojson")}
        self.monitor = MonitorProcess(folder, self.broker.environ | named)
        self._simulator: template.Running | None = None
        self._hand: Wire | None = None

    def start(self) -> Desk:
        accounts = json.loads(template.run(_simulator("accounts")).stdout)["devices"]
        self.broker.configure(*accounts)
        self.broker.start()
        self.monitor.start()
        passwords = {account: password_of(account) for account in (*accounts, GATEWAY_ACCOUNT)}
        (self._folder / "passwords").write_text(json.dumps(passwords))
        (self._folder / "token").write_text(self.monitor.token)
        given = {
            "--mqtt-url": self.broker.url,
            "--credentials": self._folder / "passwords",
            "--http-url": self.monitor.url,
            "--token-file": self._folder / "token",
            "--spool": self._folder / "spool",
            "--quiet-s": 36_000,  # its story never begins: the tests tell their own
        }
        with (self._folder / "simulator").open("wb") as said:
            self._simulator = template.start(_simulator("demo", *map(str, chain(*given.items()))), stdout=said)
        # The gateway's own connection is the simulator's: an account is one client.
        self._hand = self.broker.connect("admin")
        self._wait_until_alive()
        return Desk(self.broker, self.monitor, self._hand)

    def close(self) -> None:
        if self._hand:
            self._hand.close()
        if self._simulator:
            self._simulator.terminate()
            self._simulator.wait(20)
        self.monitor.close()
        self.broker.stop()

    def _wait_until_alive(self) -> None:
        deadline = time.monotonic() + ALIVE_S
        while self._alive() < DEVICES:
            assert time.monotonic() < deadline, f"only {self._alive()} devices are alive"
            time.sleep(0.2)

    def _alive(self) -> int:
        devices = self.monitor.api.get("/api/v1/snapshot").raise_for_status().json()["devices"]
        return int(devices["state"].count("ONLINE"))


def _simulator(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "simulator", *arguments]
