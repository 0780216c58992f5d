"""What a message costs to decode, family by family: `python -m tests.bench.decode_cost`, over its own corpus.

Each line is decoded again and again, as the monitor does it: what the inventory knows of its device is at hand, and the
memory holds what the lines before it told. Of a line the least of several rounds counts, for a busy machine only adds
to it; of a family the median of its lines.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from statistics import median
from time import perf_counter_ns

from rich.console import Console

from device_adapters.core.contract import Adapter, DeviceFacts, Known, Message, Refused
from device_adapters.core.registry import adapters
from monitor.captured_line import Line, read_line
from tests.bench.limits import Figure, judged
from tests.device_adapters.corpus import FOLDER

MOST_US = 20.0
# Held to no limit, and why.
WITHOUT_LIMIT = {
    "sparkplug": "protobuf, read and written by hand",
    "sia_dc09": "CRC of the frame and of its answer, AES where there is a key",
}
ROUNDS, TIMES = 7, 40


def main() -> None:
    show(Console())


def show(console: Console) -> list[Figure]:
    costs = {name: measure(adapter) for name, adapter in adapters().items()}
    told = figures(costs)
    console.print(judged("Decoding a message, median of a family's corpus", "µs", told))
    print(json.dumps({"us_per_message": {name: round(cost_us, 2) for name, cost_us in costs.items()}}))
    return told


def figures(costs: Mapping[str, float]) -> list[Figure]:
    return [
        Figure(f"{name}, {WITHOUT_LIMIT[name]}" if name in WITHOUT_LIMIT else name, cost_us, _most_us(name))
        for name, cost_us in costs.items()
    ]


def measure(adapter: Adapter, rounds: int = ROUNDS) -> float:
    """Microseconds."""
    return median(each for path in _files(adapter) for each in _costs(adapter, path, rounds))


def _most_us(name: str) -> float | None:
    return None if name in WITHOUT_LIMIT else MOST_US


def _files(adapter: Adapter) -> list[list[Line]]:
    paths = sorted((FOLDER / adapter.name).glob("*.jsonl"))
    return [[read_line(text) for text in path.read_text("utf-8").splitlines()] for path in paths]


def _costs(adapter: Adapter, lines: list[Line], rounds: int) -> Iterator[float]:
    memory: dict[str, str] = {}
    for line in lines:
        known = _known(line, memory)
        with suppress(Refused):
            decoded = adapter.decode(line.message, adapter.default_base, known)
            yield min(_cost_us(adapter, line.message, known) for _ in range(rounds))
            memory.update({**decoded.remember, **decoded.note})


def _known(line: Line, memory: Mapping[str, str]) -> Known:
    """As the lookup of the monitor: a dictionary."""
    facts = line.facts
    names = {line.account, line.device, *line.message.topic.split("/")} - {None}
    there: dict[str, DeviceFacts] = {name: facts for name in names if name and facts}
    options = facts.options if facts else {}
    return Known(device=there.get, recall=memory.get, agreed=lambda address: options if address in there else {})


def _cost_us(adapter: Adapter, message: Message, known: Known) -> float:
    decode, base = adapter.decode, adapter.default_base
    began_ns = perf_counter_ns()
    for _ in range(TIMES):
        decode(message, base, known)
    return (perf_counter_ns() - began_ns) / TIMES / 1000


if __name__ == "__main__":
    main()
