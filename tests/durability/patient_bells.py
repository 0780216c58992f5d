"""Bells as a process of their own: each press is on its disk before it is sent, and stays until *our* answer.

``python -m tests.durability.patient_bells PORT FOLDER``. What they were made to keep is a line in ``FOLDER/born``.
"""

from __future__ import annotations

import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from simulator import clock
from simulator.link import BrokerAddress, MqttLink, Passwords
from simulator.native_bell import NativeBell
from simulator.spool import Spool, Spooled
from simulator.timetable import Timetable
from simulator.world import World
from tests import template
from tests.brokers import Broker, password_of

BELLS = ("BELL-2", "BELL-3")
PRESS_EVERY_S = 0.25
PATIENCE_S = 180.0


class _Noted(Spool):
    """Tells ``born`` of each press that it has promised to keep."""

    born: Path

    def keep(self, spooled: Spooled) -> None:
        super().keep(spooled)
        with self.born.open("a") as lines:
            lines.write(f"{spooled.event_id}\n")


def main(port: int, folder: Path) -> None:
    timetable, random = Timetable(clock.monotonic_s), Random()
    world = World(timetable, clock.now_ms, random, lambda _: None)
    passwords = Passwords(BrokerAddress("127.0.0.1", port), {each: password_of(each) for each in BELLS})
    signal.signal(signal.SIGTERM, lambda *_: timetable.stop())

    def press(bell: NativeBell) -> None:
        if (folder / "pressing").exists():
            bell.press()
        timetable.after(random.uniform(0.5, 1.5) * PRESS_EVERY_S, lambda: press(bell))

    for name in BELLS:
        spool = _Noted(folder / f"{name}.spool")
        spool.born = folder / "born"
        bell = NativeBell("anninh/v1", name, "hold_up", spool, world)
        bell.connect(MqttLink(bell.line(), passwords, timetable.soon))
        press(bell)
    timetable.run()


@dataclass
class PatientBells:
    """The process, seen from a test."""

    broker: Broker
    folder: Path
    process: template.Running | None = None

    @property
    def born(self) -> set[str]:
        return set((self.folder / "born").read_text().split())

    @property
    def waiting(self) -> int:
        """Presses that nobody has answered yet."""
        return sum(map(_rows, (self.folder / f"{each}.spool" for each in BELLS)))

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.durability.patient_bells", str(self.broker.port), str(self.folder)]
        with (self.folder / "output").open("ab") as output:
            self.process = template.start(command, stderr=output)

    def wait_for_a_press(self) -> None:
        before, deadline = len(self.born), time.monotonic() + PATIENCE_S
        while len(self.born) == before and time.monotonic() < deadline:
            time.sleep(0.02)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    @contextmanager
    def pressing(self) -> Iterator[None]:
        """They press until the block ends; what is on their disks is sent also after that."""
        (self.folder / "born").touch()
        (self.folder / "pressing").touch()
        self.start()
        try:
            yield
            (self.folder / "pressing").unlink()
            deadline = time.monotonic() + PATIENCE_S
            while self.waiting and time.monotonic() < deadline:
                assert self.process is not None
                assert self.process.poll() is None, (self.folder / "output").read_text()
                time.sleep(0.1)
            assert not self.waiting, "the monitor has not caught up: what waits is on the bells' disks"
        finally:
            self.kill()


def _rows(spool: Path) -> int:
    with closing(sqlite3.connect(spool, timeout=5)) as connection:
        is_made = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'spool'").fetchone()[0]
        return int(connection.execute("SELECT count(*) FROM spool").fetchone()[0]) if is_made else 1


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
