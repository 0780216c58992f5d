"""The probe as one process: rounds of looks, bells, and the link to the broker, until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import secrets
import signal
from pathlib import Path
from random import SystemRandom

from monitor.clock import Clock, SystemClock
from monitor.probe.bells import Told, watch_level, watch_lines
from monitor.probe.disk_queue import DiskQueue
from monitor.probe.kernel_clock import is_synchronised
from monitor.probe.ladder import Ladder
from monitor.probe.lines_log import log
from monitor.probe.link import Link
from monitor.probe.messages import Speaker
from monitor.probe.publisher import RESEND_LOOK_S, Publisher
from monitor.probe.rounds import Rounds
from monitor.probe.shapes import ProbeSettings, Timing


def run(settings: ProbeSettings) -> None:
    asyncio.run(_serve(settings, SystemClock()))


async def _serve(settings: ProbeSettings, clock: Clock) -> None:
    queue = DiskQueue(Path(settings.queue))
    # Chance of the kernel's: cards that were copied must not name their runs alike.
    speaker = Speaker(settings.broker.base_topic, settings.probe, secrets.token_hex(4))
    will = speaker.status("offline", {})
    link = Link(settings.broker, settings.probe, will, speaker.topic("ack", "#"))
    publisher = Publisher(
        speaker,
        queue,
        link,
        clock,
        SystemRandom(),
        {"interval_s": settings.cycle_s, "targets": len(settings.cameras)},
        (lambda: True) if settings.trusts_clock else is_synchronised,
    )
    log.info("probe_started", probe=settings.probe, boot=speaker.boot, waiting=len(queue), spoilt=queue.spoilt)
    gc.freeze()  # what was read of the settings stays for good
    try:
        await _work(settings, publisher, Ladder(settings.timeout_s, clock))
    finally:
        await asyncio.to_thread(link.leave, will)
        queue.close()
        log.info("probe_stopped", waiting=len(queue))


async def _work(settings: ProbeSettings, publisher: Publisher, ladder: Ladder) -> None:
    """Until a signal. What fails here ends the probe: its supervisor starts it again, and nothing kept is lost."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    publisher.link.open(publisher.heard, loop.call_soon_threadsafe)
    rounds = Rounds(settings, ladder, publisher, SystemRandom())
    works = [stop.wait(), rounds.run(), _pumping(publisher)]
    told = [Told(publisher, bell) for bell in settings.bells]
    works += [watch_level(each) for each in told if each.bell.source == "level"]
    works += [watch_lines(each) for each in told if each.bell.source == "lines"]
    if at_boxes := [each for each in told if each.bell.box is not None]:
        from monitor.probe.alarm_inputs import watch_boxes  # who has none pays no memory for it

        works.append(watch_boxes(at_boxes, Timing(settings.timeout_s, settings.check_every_s, ladder.clock)))
    tasks = [asyncio.ensure_future(work) for work in works]
    ended, others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    for task in ended:
        task.result()


async def _pumping(publisher: Publisher) -> None:
    while True:
        publisher.pump()
        publisher.queue.mend()
        await asyncio.sleep(RESEND_LOOK_S)
