"""The demo commune on a real store: forty eyes on one feeder, and whoever still has power goes on speaking."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from monitor.inventory import seeding
from monitor.journal.device_states import create_missing_states
from monitor.journal.times import today
from monitor.reports.coverage import Scope
from monitor.reports.coverage_reading import CoverageReport, report
from monitor.reports.standing_eyes import EyesNow
from tests.monitor.conftest import Post
from tests.monitor.inventory.commune import BY, table

COMMUNE = "24871@2019"
FEEDER = "LT-2"
FAULTY = ("CAM-DV-0003", "CAM-DV-0045", "CAM-DV-0090")
BEAT_S = 20
# Of the forty, 22 lose their connection in a way the broker sees.
BY_WILL = 22


@dataclass
class Commune:
    """``dark``: who has no power. ``seconds`` counts from the start."""

    post: Post
    eyes: tuple[str, ...]
    on_feeder: tuple[str, ...]
    bells: tuple[str, ...]
    dark: set[str] = field(default_factory=set)
    seconds: int = 0

    def go(self, seconds: int) -> None:
        """Lets time pass; each that has power beats at its own place within the interval."""
        for _ in range(seconds):
            self.seconds += 1
            self.beat(each for at, each in enumerate(self.everybody) if (at + self.seconds) % BEAT_S == 0)
            self.post.wait(1)

    @property
    def everybody(self) -> tuple[str, ...]:
        return self.eyes + self.bells

    def beat(self, device_ids: Iterable[str]) -> None:
        alive = [each for each in device_ids if each not in self.dark]
        self.post.receive_all([self.post.message(f"{topic(each)}/heartbeat", {"v": 1}) for each in alive])

    def break_down(self, device_ids: Collection[str], wills: Collection[str] = ()) -> None:
        self.dark.update(device_ids)
        will = {"v": 1, "state": "offline"}
        self.post.receive_all([self.post.message(f"{topic(each)}/status", will) for each in wills])

    def cut_power(self) -> None:
        self.break_down(self.on_feeder, wills=self.on_feeder[:BY_WILL])

    def power_back(self) -> None:
        self.dark.difference_update(self.on_feeder)
        self.beat(self.on_feeder)

    def coverage(self) -> CoverageReport:
        eyes = EyesNow(self.post.supervisor.working)
        with self.post.store.read() as connection:
            now = self.post.clock.now()
            return report(connection, Scope(COMMUNE, "residential_group", today(now)), now, eyes)


def topic(device_id: str) -> str:
    return f"anninh/v1/{'bell' if device_id.startswith('BELL') else 'camera'}/{device_id}"


def a_commune(post: Post) -> Commune:
    """Its eyes and bells speak our own contract, and all of them are up."""
    cameras = table("cameras_dinh_van.csv").replace(b",onvif,", b",native,")
    bells = table("alarm_bells.csv").replace(b",300,", b",20,").replace(b",600,", b",20,")
    with post.store.transaction() as tx:
        seeding.load_groups(tx, table("residential_groups.csv"), BY)
        seeding.load_cameras(tx, cameras, BY)
        seeding.load_bells(tx, bells, BY)
        create_missing_states(tx, post.clock.now())
    post.pipeline.load()
    rows = list(csv.DictReader(cameras.decode("utf-8-sig").splitlines()))
    eyes = tuple(row["device_id"] for row in rows)
    on_feeder = tuple(row["device_id"] for row in rows if row["power_feeder"] == FEEDER)
    buttons = [row["device_id"] for row in csv.DictReader(bells.decode("utf-8-sig").splitlines())]
    commune = Commune(post, eyes, on_feeder, tuple(buttons))
    commune.beat(commune.everybody)
    return commune
