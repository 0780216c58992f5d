"""``python -m simulator demo | press | flood | crowd | accounts``."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from random import Random

from simulator import clock, commune
from simulator.by_hand import press_once
from simulator.crowd import Crowd, CrowdPlan
from simulator.enrolment import EnrolmentError, enrol, registrations
from simulator.fleet import Fleet
from simulator.flood import Flood, FloodPlan
from simulator.link import BrokerAddress, Passwords
from simulator.story import QUIET_S, Player
from simulator.timetable import Timetable
from simulator.wiring import GATEWAY_ACCOUNT, HAND_ACCOUNT, ZIGBEE_BASE, Wiring, wire
from simulator.world import World


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    wiring = wire(commune.load())
    try:
        if options.command == "accounts":
            sys.stdout.write(json.dumps(_accounts(wiring)) + "\n")
            return 0
        passwords = _passwords(options)
        if options.command == "press":
            _say(press_once(options.device, wiring, passwords))
            return 0
        if options.command == "flood":
            return _flood(options)
        if options.command == "crowd":
            return _crowd(options)
        return _demo(options, wiring, passwords)
    except (EnrolmentError, OSError, ValueError) as error:
        sys.stderr.write(f"simulator: {error}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("accounts", help="print the broker accounts the fleet needs, as JSON")
    demo = commands.add_parser("demo", help="register the demo commune, switch it on and play the story")
    press = commands.add_parser("press", help="press one button once")
    flood = commands.add_parser("flood", help="heartbeats and presses, as many as go or so many a second")
    crowd = commands.add_parser("crowd", help="a hundred thousand devices of mixed families, and how late they are")
    for command in (demo, press, flood, crowd):
        command.add_argument("--mqtt-url", required=True, help="mqtt://[user:password@]host[:port]")
        command.add_argument("--credentials", type=Path, help='JSON file {"account": "password"}')
    press.add_argument("--device", required=True, help="for example BELL-DV-009")
    flood.add_argument("--heartbeats", type=int, required=True)
    flood.add_argument("--per-s", type=float, help="heartbeats a second; left out: as many as go")
    flood.add_argument("--presses", type=int, default=0, help="spread over the heartbeats")
    flood.add_argument("--longest-s", type=float, default=120.0, help="it ends then, whatever is left")
    crowd.add_argument("--devices", type=int, default=100_000)
    crowd.add_argument("--every-s", type=float, default=30.0, help="from one sign of life of a device to its next")
    crowd.add_argument("--for-s", type=float, default=60.0)
    crowd.add_argument("--connections", type=int, default=100, help="they share them, as behind gateways")
    crowd.add_argument("--anywhere", action="store_true", help="a broker on another machine")
    demo.add_argument("--http-url", required=True)
    demo.add_argument("--token-file", type=Path, required=True, help="bearer token of an operator")
    demo.add_argument("--spool", type=Path, help="folder where the bells keep unacknowledged presses")
    demo.add_argument("--quiet-s", type=float, default=QUIET_S, help="calm before the first hold-up")
    demo.add_argument("--speed", type=float, default=1.0, help="2 plays the story twice as fast")
    demo.add_argument("--seed", type=int, help="for the same jitter again")
    return parser


def _accounts(wiring: Wiring) -> dict[str, object]:
    """``devices`` may write below their own id only; ``gateways`` below a base topic of their own."""
    return {
        "devices": wiring.device_accounts(),
        "gateways": {GATEWAY_ACCOUNT: ZIGBEE_BASE, HAND_ACCOUNT: ZIGBEE_BASE},
    }


def _passwords(options: argparse.Namespace) -> Passwords:
    by_account = json.loads(options.credentials.read_text()) if options.credentials else {}
    return Passwords(BrokerAddress.from_url(options.mqtt_url), by_account)


def _flood(options: argparse.Namespace) -> int:
    """Accounts whose name begins with BELL press, all others send heartbeats as cameras."""
    passwords = json.loads(options.credentials.read_text())
    plan = FloodPlan(
        address=BrokerAddress.from_url(options.mqtt_url),
        cameras={name: word for name, word in passwords.items() if not name.startswith("BELL")},
        bells={name: word for name, word in passwords.items() if name.startswith("BELL")},
        heartbeats=options.heartbeats,
        per_s=options.per_s,
        presses=options.presses,
        longest_s=options.longest_s,
    )
    report = Flood(plan).run()
    sys.stdout.write(json.dumps(asdict(report)) + "\n")
    return 0


def _crowd(options: argparse.Namespace) -> int:
    plan = CrowdPlan(
        address=BrokerAddress.from_url(options.mqtt_url),
        devices=options.devices,
        every_s=options.every_s,
        for_s=options.for_s,
        connections=min(options.connections, options.devices),
        is_anywhere=options.anywhere,
    )
    report = Crowd(plan).run()
    sys.stderr.write(f"{report.verdict()}\n")
    sys.stdout.write(json.dumps(asdict(report)) + "\n")
    return 0 if report.keeps_up else 1


def _demo(options: argparse.Namespace, wiring: Wiring, passwords: Passwords) -> int:
    token = options.token_file.read_text().strip()
    new = enrol(options.http_url, token, registrations(commune.load(), wiring))
    _say(f"{new} devices registered")
    timetable = Timetable(clock.monotonic_s)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: timetable.stop())
    with tempfile.TemporaryDirectory(prefix="chuong-spool-") as temporary:
        spools = options.spool or Path(temporary)
        spools.mkdir(parents=True, exist_ok=True)
        world = World(timetable, clock.now_ms, Random(options.seed), _say)
        fleet = Fleet(wiring, spools, world)
        fleet.connect(passwords)
        Player(fleet, world, options.speed).play(options.quiet_s)
        timetable.run()
        fleet.close()
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{clock.local_time_of_day()}  {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
