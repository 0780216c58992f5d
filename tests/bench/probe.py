"""A probe that looks at 1,200 cameras on the loopback: its memory and processor time, and whether it tells them apart.

`python -m tests.bench.probe [CAMERAS]`. One camera in twelve each refuses the password, is slow, is dead (half of those
say so, half are silent) and has a wrong clock; the others are well. A real mosquitto takes the heartbeats, over TLS.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import trustme
from rich.console import Console

from tests.bench.limits import Figure, judged
from tests.brokers import Broker, free_port
from tests.fake_cameras import FakeCamera, FakeCameras, NobodyAnswers

CAMERAS, CYCLE_S, CYCLES = 1200, 30.0, 5
MOST_MIB = 30.0
TICKS = os.sysconf("SC_CLK_TCK")
KINDS = ("answers",) * 8 + ("refuses the password", "slow", "dead", "wrong clock")
TLS_FILES = {"cafile": "ca.crt", "certfile": "server.crt", "keyfile": "server.key"}
SLOW_S, SKEW_S = 1.0, -25_200.0


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else CAMERAS
    found = measure_probe(count)
    told = [Figure("memory of the probe at its highest, MiB", found["memory_peak_mib"], MOST_MIB)]
    told += [
        Figure("memory of the probe, MiB", found["memory_mib"]),
        Figure("a core, %", 100 * found["share_of_a_core"]),
    ]
    told.append(Figure("cameras told wrongly", found["told_wrongly"], 0))
    Console().print(judged(f"A probe with {count:,} cameras, a look at each in {CYCLE_S:g} s", "", told))
    print(json.dumps(found, ensure_ascii=False))
    if missed := [each.name for each in told if not each.is_kept]:
        sys.exit(f"over their limit: {'; '.join(missed)}")


def measure_probe(count: int = CAMERAS, cycle_s: float = CYCLE_S) -> Mapping[str, Any]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 8 * count + 500)), hard))
    kinds = {f"cam-{number:04}": KINDS[number % len(KINDS)] for number in range(count)}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chuong-bench-")))
        broker = Broker(folder, is_anonymous=True)
        broker.configure()
        tls_port = _with_tls(broker)
        broker.start()
        stack.callback(broker.stop)
        # Before the cameras: paho waits by select, which knows no file above 1024.
        wire = stack.enter_context(broker.connect("monitor-state"))
        wire.subscribe("anninh/v1/probe/pi-bench/heartbeat")
        addresses = {name: f"127.20.{number // 250}.{number % 250 + 1}" for number, name in enumerate(kinds)}
        cameras = {addresses[name]: camera for name, kind in kinds.items() if (camera := _camera(kind))}
        fakes = stack.enter_context(FakeCameras(cameras))
        silent = [name for name, kind in kinds.items() if kind == "dead"][::2]
        for name in silent:
            stack.enter_context(NobodyAnswers(addresses[name], fakes.rtsp_port))
            stack.enter_context(NobodyAnswers(addresses[name], fakes.onvif_port))
        _write_settings(folder, f"mqtts://127.0.0.1:{tls_port}", addresses, (fakes, cycle_s))
        process = stack.enter_context(_probe(folder))
        told, beats = dict[str, Any](), set[int]()
        began_s, used_s = time.perf_counter(), 0.0
        while len(beats) < CYCLES:  # one message of many cameras may be told in two
            beat = json.loads(wire.next(timeout_s=4 * cycle_s)[1])
            told |= beat["cams"]
            if not beats:
                began_s, used_s = time.perf_counter(), _used_s(process.pid)
            beats.add(beat["ts"])
        share = (_used_s(process.pid) - used_s) / (time.perf_counter() - began_s)
        memory = _memory_mib(process.pid)
    wrong = [name for name, kind in kinds.items() if _kind(told.get(name, {})) != kind]
    return {
        "cameras": count,
        "cycle_s": cycle_s,
        "cycles": CYCLES,
        "share_of_a_core": round(share, 4),
        "memory_mib": round(memory["VmRSS"], 1),
        "memory_peak_mib": round(memory["VmHWM"], 1),
        "told": Counter(_kind(told.get(name, {})) for name in kinds),
        "told_wrongly": len(wrong),
    }


def _with_tls(broker: Broker) -> int:
    """A door as at a post, with an authority of its own: TLS is part of what a probe weighs."""
    port, authority = free_port(), trustme.CA()
    server = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(str(broker.folder / "ca.crt"))
    server.private_key_pem.write_to_path(str(broker.folder / "server.key"))
    server.cert_chain_pems[0].write_to_path(str(broker.folder / "server.crt"))
    files = "".join(f"{key} {broker.folder}/{name}\n" for key, name in TLS_FILES.items())
    with (broker.folder / "mosquitto.conf").open("a") as file:
        file.write(f"user root\nlistener {port} 127.0.0.1\n{files}")
    return port


def _camera(kind: str) -> FakeCamera | None:
    return {
        "answers": FakeCamera(),
        "refuses the password": FakeCamera(login=("admin", "another password")),
        "slow": FakeCamera(delay_s=SLOW_S),
        "wrong clock": FakeCamera(skew_s=SKEW_S),
        "dead": None,
    }[kind]


def _kind(told: Mapping[str, Any]) -> str:
    """What was meant by what a heartbeat says."""
    if told.get("s") in ("down", "auth"):
        return "dead" if told["s"] == "down" else "refuses the password"
    if abs(told.get("skew_s", 0)) > 120:
        return "wrong clock"
    if told.get("s") != "up":
        return "not told"
    return "slow" if told["ms"] >= 1000 * SLOW_S else "answers"


def _write_settings(folder: Path, url: str, addresses: Mapping[str, str], at: tuple[FakeCameras, float]) -> None:
    fakes, cycle_s = at
    (folder / "camera.login").write_text("admin:a password\n")
    (folder / "camera.login").chmod(0o600)
    text = f'probe = "pi-bench"\nqueue = "queue"\ncycle_s = {cycle_s}\ntrust_clock = true\n'
    text += f'[broker]\nurl = "{url}"\nca_file = "ca.crt"\n'
    for name, address in addresses.items():
        text += f'[[cameras]]\nid = "{name}"\naddress = "{address}"\nrtsp_port = {fakes.rtsp_port}\n'
        text += f'onvif_port = {fakes.onvif_port}\ncredentials_file = "camera.login"\n'
    (folder / "probe.toml").write_text(text)


@contextmanager
def _probe(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "monitor.cli", "probe", "--config", str(folder / "probe.toml")]
    with (folder / "probe.log").open("wb") as log:
        process = subprocess.Popen(command, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _used_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _memory_mib(pid: int) -> Mapping[str, float]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines if line.startswith(("VmRSS", "VmHWM"))}


if __name__ == "__main__":
    main()
