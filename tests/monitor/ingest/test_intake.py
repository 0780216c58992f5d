from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import pytest

from device_adapters.core.contract import Message
from monitor.clock import SystemClock
from monitor.errors import StoreUnavailable
from monitor.ingest.intake import BESIDE_PRESSES, PRESSES_AT_ONCE, Arrival, Intake, Limits, Work
from tests.fakes import FakeClock

AT = datetime(2026, 3, 14, 11, 52, tzinfo=UTC)


class Writer:
    """What stands behind the queue: notes each batch; ``gate`` holds it up, ``faults`` make it fail."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.acknowledged: list[str] = []
        self.gate = threading.Event()
        self.entered = threading.Event()
        self.faults: list[Exception] = []
        self.asked_again = threading.Event()

    def process(self, batch: Sequence[tuple[str, Message]]) -> None:
        self.entered.set()
        self.gate.wait(5)
        if self.faults:
            raise self.faults.pop(0)
        self.batches.append([message.topic for _, message in batch])


@pytest.fixture
def writer() -> Writer:
    return Writer()


@pytest.fixture
def start(writer: Writer) -> Iterator[Callable[..., Intake]]:
    started: list[Intake] = []

    def begin(**limits: float) -> Intake:
        work = Work(
            process=writer.process,
            tick=lambda: None,
            flush=lambda: False,
            redeliver=writer.asked_again.set,
        )
        intake = Intake(work, Limits(**limits), SystemClock())  # type: ignore[arg-type]
        intake.start()
        started.append(intake)
        return intake

    yield begin
    writer.gate.set()
    for intake in started:
        intake.stop()


def arrival(writer: Writer, name: str, *, is_urgent: bool = False) -> Arrival:
    return Arrival("native", Message(name, b"", AT), is_urgent, lambda _: writer.acknowledged.append(name), 1)


def hold(intake: Intake, writer: Writer) -> None:
    """Keeps the writer busy with one batch, so that what follows has to queue."""
    intake.offer([arrival(writer, "first")])
    assert writer.entered.wait(5)


def test_it_acknowledges_only_after_the_batch_was_written(start: Callable[..., Intake], writer: Writer) -> None:
    intake = start()
    hold(intake, writer)
    assert writer.acknowledged == []
    writer.gate.set()
    intake.stop()
    assert writer.acknowledged == ["first"]


def test_it_takes_presses_before_heartbeats(start: Callable[..., Intake], writer: Writer) -> None:
    intake = start()
    hold(intake, writer)
    for name in ("beat-1", "beat-2"):
        intake.offer([arrival(writer, name)])
    intake.offer([arrival(writer, "press", is_urgent=True)])
    writer.gate.set()
    intake.stop()
    assert writer.batches[1:] == [["press"], ["beat-1", "beat-2"]]


def test_it_writes_the_first_of_many_presses_soon(start: Callable[..., Intake], writer: Writer) -> None:
    intake = start()
    hold(intake, writer)
    intake.offer([arrival(writer, str(number), is_urgent=True) for number in range(PRESSES_AT_ONCE + 7)])
    writer.gate.set()
    intake.stop()
    assert [len(batch) for batch in writer.batches[1:]] == [PRESSES_AT_ONCE, 7]


def test_it_takes_no_heartbeat_before_a_press_that_piled_up(start: Callable[..., Intake], writer: Writer) -> None:
    intake = start()
    hold(intake, writer)
    intake.offer([arrival(writer, "beat")])
    intake.offer([arrival(writer, "press", is_urgent=True) for _ in range(PRESSES_AT_ONCE + 1)])
    writer.gate.set()
    intake.stop()
    assert writer.batches[1:] == [["press"] * PRESSES_AT_ONCE, ["press", "beat"]]


def test_it_reads_few_heartbeats_beside_presses_that_go_on(start: Callable[..., Intake], writer: Writer) -> None:
    intake = start()
    hold(intake, writer)
    intake.offer([arrival(writer, "beat") for _ in range(BESIDE_PRESSES + 5)])
    intake.offer([arrival(writer, "press", is_urgent=True) for _ in range(PRESSES_AT_ONCE + 1)])
    writer.gate.set()
    intake.stop()
    assert [len(batch) for batch in writer.batches[1:]] == [PRESSES_AT_ONCE, 1 + BESIDE_PRESSES, 5]


def test_it_tries_the_same_batch_again_until_the_store_takes_it(start: Callable[..., Intake], writer: Writer) -> None:
    writer.faults = [StoreUnavailable("database is locked"), StoreUnavailable("disk full")]
    writer.gate.set()
    intake = start()
    intake.offer([arrival(writer, "press", is_urgent=True)])
    while not writer.acknowledged:
        assert intake.is_alive
    assert (writer.batches, writer.acknowledged) == ([["press"]], ["press"])


def test_it_tries_again_what_failed_for_a_reason_of_its_own(start: Callable[..., Intake], writer: Writer) -> None:
    writer.faults = [KeyError("a passing bug")]
    writer.gate.set()
    intake = start()
    intake.offer([arrival(writer, "press", is_urgent=True)])
    while not writer.acknowledged:
        assert intake.is_alive
    assert (writer.acknowledged, intake.fault) == (["press"], None)


def test_it_gives_a_batch_it_cannot_write_back_to_the_broker_and_says_so(
    start: Callable[..., Intake], writer: Writer
) -> None:
    writer.faults = [KeyError("a bug")] * 3
    writer.gate.set()
    intake = start()
    intake.offer([arrival(writer, "press", is_urgent=True)])
    assert writer.asked_again.wait(30)
    assert writer.acknowledged == []
    assert "KeyError" in (intake.fault or "")


def test_it_asks_again_for_what_it_gave_back_though_all_goes_well_since(writer: Writer, clock: FakeClock) -> None:
    """A press that nobody asks for again would lie at the broker until the next reconnect, while we say we are well."""
    asked: list[float] = []
    work = Work(
        process=writer.process,
        tick=lambda: None,
        flush=lambda: False,
        redeliver=lambda: asked.append(clock.monotonic_s()),
    )
    intake = Intake(work, Limits(linger_s=0), clock)
    writer.gate.set()
    for faults in ([KeyError("a bug")] * 3, [KeyError("a bug")] * 3, []):
        writer.faults = list[Exception](faults)
        intake.offer([arrival(writer, "press", is_urgent=True)])
        intake.turn()
    assert (len(asked), "KeyError" in (intake.fault or "")) == (1, True)
    clock.forward(31)
    intake.turn()
    intake.offer([arrival(writer, "press", is_urgent=True)])
    intake.turn()
    assert (len(asked), intake.fault) == (2, None)


def test_it_lets_no_heartbeat_hold_a_press_up(start: Callable[..., Intake], writer: Writer) -> None:
    intake = start(queue_messages=2)
    hold(intake, writer)
    for number in range(2):
        intake.offer([arrival(writer, f"beat-{number}")])
    press = threading.Thread(target=lambda: intake.offer([arrival(writer, "press", is_urgent=True)]))
    press.start()
    press.join(5)
    assert not press.is_alive()


def test_it_stops_while_the_network_waits_and_the_store_is_gone(start: Callable[..., Intake], writer: Writer) -> None:
    writer.faults = [StoreUnavailable("disk full")] * 1000
    intake = start(queue_messages=1)
    hold(intake, writer)
    sender = threading.Thread(target=lambda: [intake.offer([arrival(writer, f"beat-{n}")]) for n in range(5)])
    sender.start()
    writer.gate.set()
    intake.stop()
    sender.join(5)
    assert (sender.is_alive(), intake.is_alive, writer.acknowledged) == (False, False, [])


def test_it_makes_the_network_wait_when_the_queue_is_full(start: Callable[..., Intake], writer: Writer) -> None:
    intake = start(queue_messages=2)
    hold(intake, writer)
    sender = threading.Thread(target=lambda: [intake.offer([arrival(writer, f"beat-{n}")]) for n in range(5)])
    sender.start()
    sender.join(0.2)
    assert sender.is_alive()
    assert intake.depth == 2
    writer.gate.set()
    sender.join(5)
    intake.stop()
    assert writer.acknowledged == ["first", *(f"beat-{n}" for n in range(5))]


def test_it_runs_a_persons_command_on_the_writer_thread(start: Callable[..., Intake]) -> None:
    assert start().submit(lambda: threading.current_thread().name).result(5) == "writer"


def test_it_gives_a_commands_error_to_whoever_asked(start: Callable[..., Intake]) -> None:
    def refuse() -> None:
        raise StoreUnavailable("database is locked")

    with pytest.raises(StoreUnavailable):
        start().submit(refuse).result(5)


def test_it_writes_a_press_before_a_second_command(writer: Writer, start: Callable[..., Intake]) -> None:
    writer.gate.set()
    intake, seen = start(), list[int]()
    held, begun = threading.Event(), threading.Event()

    def stay() -> None:
        begun.set()
        held.wait(5)

    intake.submit(stay)
    begun.wait(5)
    commands = [intake.submit(lambda: seen.append(len(writer.batches))) for _ in range(3)]
    intake.offer([arrival(writer, "press", is_urgent=True)])
    held.set()
    for command in commands:
        command.result(5)
    assert seen == [1, 1, 1]
