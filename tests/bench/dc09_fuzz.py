"""Frames of SIA DC-09, mutated: `python -m tests.bench.dc09_fuzz N [SEED]`: no crash, and no wrong answer.

A frame is right, then something happens to it: bytes changed, lost, doubled, put in, two frames run into each other;
half of them have their length and CRC put right again, so that they reach what is behind the check. An ACK is wrong
where the frame it names is not there, whole, by a reading of its own; where its account has a key and it did not open
with it; where its time is none; where it says nothing that was taken. Any answer is wrong that is no frame.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from device_adapters.core.contract import Decoded, DeviceClass, DeviceFacts, Known, Message
from device_adapters.core.events import EventClass
from device_adapters.sia_dc09 import ADAPTER
from tests.panels import KEY, Panel, checked

NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
PLAIN, KEYED, STRANGE = "1234", "5678", "9999"
EVENTS = [
    ("ADM-CID", "1120 01 005"), ("ADM-CID", "3122 01 006"), ("ADM-CID", "1301 00 000"), ("ADM-CID", "1602 00 000"),
    ("SIA-DCS", "Nri1/PA005"), ("SIA-DCS", "Nri1/id12/HA2^Quầy^/BA3"), ("NULL", ""), ("XNM", ""),
]  # fmt: skip
EXTRAS = ["", "", "[H08:29:02,11-21-2026]", "[IQuầy giao dịch số 2][X107E58.300]", "[MB8A44F001122]"]
# Of what a mutation puts in, much stands in the grammar.
BYTES = b'\n\r"*#|[]_L0R1NULLACK9F' + bytes(range(256))
ANSWERS = (b"ACK", b"NAK", b"DUH")
_KNOWN = {
    address: DeviceFacts(device_id=address, device_class=DeviceClass.BELL if "/" in address else DeviceClass.GATEWAY)
    for address in (PLAIN, KEYED, f"{PLAIN}/5", f"{KEYED}/5")
}
_HEAD = re.compile(rb'"(\*?)([A-Z0-9-]+)"(\d{4})(R[0-9A-F]+)?(L[0-9A-F]+)?#([0-9A-F]+)\[', re.IGNORECASE)
_STAMP = re.compile(rb"_(\d\d):(\d\d):(\d\d),(\d\d)-(\d\d)-(\d{4})$")


@dataclass
class Outcome:
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def __str__(self) -> str:
        told = ", ".join(f"{count:,} {answer}" for answer, count in self.answers.most_common())
        total = sum(self.answers.values()) + len(self.crashes)
        return f"{total:,} mutated frames: {len(self.crashes)} crashes, {len(self.wrong)} wrong answers ({told})"


def fuzz(count: int, seed: int) -> Outcome:
    random, outcome = Random(seed), Outcome()
    began = time.perf_counter()
    memory: dict[str, str] = {}
    for number in range(count):
        frames = mutated(random)
        try:
            decoded = decode(frames, memory)
        except Exception as error:  # noqa: BLE001 — that is what is looked for
            outcome.crashes.append(f"{error!r}: {frames!r}")
            continue
        memory = decoded.remember | memory if number % 50 else {}
        outcome.answers[decoded.reply[9:14].decode() if decoded.reply else "silent"] += 1
        if fault := fault_of(frames, decoded):
            outcome.wrong.append(f"{fault}: {frames!r} was answered {decoded.reply!r}")
    outcome.seconds = time.perf_counter() - began
    return outcome


def decode(frames: bytes, memory: dict[str, str]) -> Decoded:
    known = Known(
        device=_KNOWN.get,
        recall=memory.get,
        below=lambda address: (f"{address}/5",),
        agreed=lambda address: {"key_ascii": KEY.decode()} if address == KEYED else {},
    )
    return ADAPTER.decode(Message("dc09/tcp", frames, NOW), "dc09", known)


def a_frame(random: Random) -> bytes:
    account = random.choice((PLAIN, PLAIN, KEYED, KEYED, STRANGE))
    is_sealed = account == KEYED and random.random() < 0.9
    panel = Panel(account, KEY if is_sealed else None, random.choice(("R1", "")), now=lambda: NOW)
    family, data = random.choice(EVENTS)
    off = timedelta(seconds=random.choice((0, 0, 0, 15, -30, 90, -600, 25_200)))
    text = f"#{account}|{data}" if data else ""
    sequence = random.randrange(10_000) if data else 0
    return panel.frame(text, family, sequence=sequence, at=NOW + off, extra=random.choice(EXTRAS))


def mutated(random: Random) -> bytes:
    frame = bytearray(a_frame(random))
    for _ in range(random.choice((0, 1, 1, 1, 2, 5))):
        place = random.randrange(len(frame)) if frame else 0
        match random.randrange(7):
            case 0:
                frame[place : place + 1] = bytes([random.choice(BYTES)])
            case 1:
                frame[place:place] = bytes(random.choice(BYTES) for _ in range(random.randrange(1, 5)))
            case 2:
                del frame[place : place + random.randrange(1, 9)]
            case 3:
                frame[place:place] = frame[place : place + random.randrange(1, 30)]
            case 4:
                frame[place : place + 1] = bytes([frame[place] ^ 1 << random.randrange(8)]) if frame else b""
            case 5:
                frame[place:] = a_frame(random)
            case _:
                frame += a_frame(random)
    body = bytes(frame)[9:-1]
    return checked(body[:0xFFFF]) if random.random() < 0.5 else bytes(frame)


def fault_of(frames: bytes, decoded: Decoded) -> str | None:
    answers = decoded.reply.split(b"\r")[:-1]
    whole = [piece for text in frames.split(b"\r")[:-1] if (piece := whole_frame(text + b"\r"))]
    if len(answers) > len(whole):
        return "more answers than whole frames"
    for answer in answers:
        if checked(answer[9:]) != answer + b"\r" or answer[9:].lstrip(b'"*')[:3] not in ANSWERS:
            return "an answer that is no frame"
        if b"ACK" in answer[:16] and not any(is_rightly_taken(piece, answer, decoded) for piece in whole):
            return "acknowledged"
    return None


def whole_frame(text: bytes) -> bytes | None:
    """Its body, where length and CRC are right."""
    piece = text[max(text.rfind(b"\n"), 0) :]
    piece = piece if piece.startswith(b"\n") else b"\n" + piece
    body = piece[9:-1]
    return body if body.startswith(b'"') and checked(body).upper() == piece.upper() else None


def is_rightly_taken(body: bytes, answer: bytes, decoded: Decoded) -> bool:
    head, echoed = _HEAD.match(body), _HEAD.match(answer[9:])
    if head is None or echoed is None or head[3] != echoed[3] or head[6].upper() != echoed[6].upper():
        return False
    account, rest = head[6].decode().upper(), body[head.end() :]
    is_sealed = bool(head[1])
    if (account == KEYED) is not is_sealed or bool(echoed[1]) is not is_sealed:
        return False
    if is_sealed:
        rest = Panel(account, KEY).opened(b"[" + rest + b"\r")
    stamp = _STAMP.search(rest)
    if stamp is None and (is_sealed or re.search(rb"\]_[0-9:,-]+$", rest)):
        return False
    if stamp and not is_timely(stamp):
        return False
    taken = [event for event in decoded.events if event.address.partition("/")[0] == account]
    return any(event.event_class is not EventClass.IGNORE for event in taken)


def is_timely(stamp: re.Match[bytes]) -> bool:
    hour, minute, second, month, day, year = map(int, stamp.groups())
    try:
        said_at = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return False
    return timedelta(seconds=-40) <= said_at - NOW <= timedelta(seconds=20)


def main() -> None:
    count, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else time.time_ns() % 2**32
    outcome = fuzz(count, seed)
    print(f"seed {seed}: {outcome}, {outcome.seconds:.0f} s")
    for each in (*outcome.crashes, *outcome.wrong)[:5]:
        print(f"  {each[:600]}")
    if outcome.crashes or outcome.wrong:
        sys.exit(1)


if __name__ == "__main__":
    main()
