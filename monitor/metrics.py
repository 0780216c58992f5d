"""Every figure the monitor exports, in one place. Times are seconds; no label holds a name or an address.

Child objects are kept by their callers or by the caches below: looking a label up costs more than counting.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.process_collector import ProcessCollector

CONTENT_TYPE = CONTENT_TYPE_LATEST
REGISTRY = CollectorRegistry()
# One more series for each counter, which nobody draws.
disable_created_metrics()  # type: ignore[no-untyped-call]
ProcessCollector(namespace="chuong", registry=REGISTRY)

_COMMIT_BUCKETS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)

MESSAGES = Counter(
    "chuong_messages",
    "Messages taken from the broker; result: decoded, refused",
    ["adapter", "result"],
    registry=REGISTRY,
)
ALARMS = Counter("chuong_alarms", "Alarms raised, by kind", ["kind"], registry=REGISTRY)
PRESSES = Counter("chuong_presses", "Presses of buttons that were stored", registry=REGISTRY)
DUPLICATES = Counter("chuong_duplicates", "Events recognised as already stored", registry=REGISTRY)
QUARANTINED = Counter("chuong_quarantined", "Messages put into quarantine", registry=REGISTRY)
COMMIT_S = Histogram(
    "chuong_commit_seconds", "Time of one commit of a batch", buckets=_COMMIT_BUCKETS_S, registry=REGISTRY
)
PRESS_TO_COMMIT_S = Histogram(
    "chuong_press_to_commit_seconds",
    "From the moment a press was received to its commit",
    buckets=_COMMIT_BUCKETS_S,
    registry=REGISTRY,
)
CANARY_S = Histogram(
    "chuong_canary_seconds",
    "From the sending of a message to ourselves, by broker and writer, to the live feed",
    buckets=_COMMIT_BUCKETS_S,
    registry=REGISTRY,
)
OWN_FAULT = Gauge("chuong_monitor_fault", "1 while this is wrong with the monitor itself", ["cause"], registry=REGISTRY)
BLIND = Gauge("chuong_blind", "1 while the monitor cannot tell how its devices are", registry=REGISTRY)
QUEUE_DEPTH = Gauge("chuong_queue_depth", "Messages received and not yet stored", registry=REGISTRY)
BROKER_CONNECTED = Gauge("chuong_broker_connected", "1 while connected to the broker", registry=REGISTRY)
BROKER_ACCOUNTS = Gauge(
    "chuong_broker_accounts", "Accounts of devices in the broker's password file", registry=REGISTRY
)
BROKER_FILES_FAULT = Gauge(
    "chuong_broker_files_fault", "1 while the broker's files cannot follow the inventory", registry=REGISTRY
)
SESSIONS_LOST = Counter(
    "chuong_sessions_lost", "Times the broker had forgotten a session, with whatever waited in it", registry=REGISTRY
)
OPEN_ALARMS = Gauge("chuong_open_alarms", "Alarms that are not NORMAL, by priority", ["priority"], registry=REGISTRY)
DEVICES = Gauge(
    "chuong_devices", "Registered devices, by class and state", ["device_class", "state"], registry=REGISTRY
)
PANEL_LINES = Gauge("chuong_panel_lines", "Open connections of alarm panels", registry=REGISTRY)
PANEL_FRAMES = Counter(
    "chuong_panel_frames",
    "Frames of alarm panels; answer: ACK, NAK, DUH, silent, too_many, turned_away",
    ["answer"],
    registry=REGISTRY,
)
FEED_CLIENTS = Gauge("chuong_feed_clients", "Open live feeds", registry=REGISTRY)
FEED_RESYNCS = Counter("chuong_feed_resyncs", "Feeds told to load everything again", registry=REGISTRY)
FEED_FRAMES = Counter("chuong_feed_frames", "Frames encoded for the live feeds", registry=REGISTRY)
LOGINS = Counter("chuong_logins", "Logins; result: accepted, wrong, limited", ["result"], registry=REGISTRY)
DUTIES = Gauge(
    "chuong_duties",
    "Messages to people that wait, are on their way, or reached nobody",
    ["channel", "state"],
    registry=REGISTRY,
)
TOLD = Counter(
    "chuong_told",
    "Tries to tell people; outcome: delivered, unknown, retry …",
    ["channel", "outcome"],
    registry=REGISTRY,
)
DUTY_LATE_S = Histogram(
    "chuong_duty_late_seconds",
    "From the moment somebody must be told to the answer of the channel that told them",
    buckets=(0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600),
    registry=REGISTRY,
)
CHANNEL_FAULT = Gauge(
    "chuong_channel_fault", "1 while a channel cannot tell anybody anything", ["channel"], registry=REGISTRY
)
BUILD = Info("chuong_build", "The version that runs", registry=REGISTRY)


def product_version() -> str:
    try:
        return version("tieng-chuong")
    except PackageNotFoundError:
        return "0"


BUILD.info({"version": product_version()})


@cache
def messages(adapter: str, result: str) -> Counter:
    return MESSAGES.labels(adapter, result)


@cache
def panel_frames(answer: str) -> Counter:
    return PANEL_FRAMES.labels(answer)


@cache
def alarms(kind: str) -> Counter:
    return ALARMS.labels(kind)


@cache
def logins(result: str) -> Counter:
    return LOGINS.labels(result)


@cache
def told(channel: str, outcome: str) -> Counter:
    return TOLD.labels(channel, outcome)


@cache
def channel_fault(channel: str) -> Gauge:
    return CHANNEL_FAULT.labels(channel)


def show_duties(waiting: Mapping[tuple[str, str], int]) -> None:
    """``waiting``: (channel, state) → count, from the store when somebody asks."""
    DUTIES.clear()
    for (channel, state), count in waiting.items():
        DUTIES.labels(channel, state).set(count)


def show_inventory(open_alarms: Mapping[int, int], devices: Mapping[tuple[str, str], int]) -> None:
    """Sets the two gauges that are counted from the store when somebody asks.

    ``open_alarms``: priority → count. ``devices``: (class, state) → count.
    """
    OPEN_ALARMS.clear()
    for priority in range(1, 5):
        OPEN_ALARMS.labels(str(priority)).set(open_alarms.get(priority, 0))
    DEVICES.clear()
    for (device_class, state), count in devices.items():
        DEVICES.labels(device_class, state).set(count)


def render() -> bytes:
    return generate_latest(REGISTRY)
