"""What can happen in a scenario: to devices, to what carries their words, to the monitor; people are in ``acts``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulator.scenario.acts import Acknowledge, Dispatch, EnRoute, OnScene, Resolve, Shelve, Verify
from simulator.scenario.durations import Duration, Shift
from simulator.scenario.step import Id, Lasting, OfDevice, OfDevices, Step

Share = Annotated[float, Field(ge=0, le=1)]
Times = Annotated[int, Field(ge=1, le=100_000)]
Kind = Literal["hold_up", "panic", "duress", "fire", "medical", "intrusion"]


# -- devices ----------------------------------------------------------------------------------------------------------


class Press(OfDevice):
    """Somebody presses ``repeat`` times. ``duplicate_publish``: how often each message is sent once more.

    ``press_id`` is said to whoever reads, and nothing is done with it; ``qos`` is 1, as of all that rings.
    """

    do: Literal["press"]
    press_id: Id | None = None
    kind: Kind | None = None
    repeat: Times = 1
    repeat_every_ms: Annotated[int, Field(ge=1)] = 700
    duplicate_publish: Annotated[int, Field(ge=0, le=100)] = 0
    qos: Literal[1] = 1


class Release(OfDevice):
    """The button is let go: the condition is over, as far as the bell knows."""

    do: Literal["release"]


class Offline(OfDevices):
    """Devices end, by ``silence`` or so that the broker sends their last ``will``. ``cause``: said to whoever reads."""

    do: Literal["offline"]
    how: Literal["silence", "will"] = "silence"
    cause: str = ""


class Online(OfDevices):
    """Devices are back."""

    do: Literal["online"]


class PowerCut(Step):
    """A feeder fails. Bells have batteries and go on. ``last_will_share``: of how many the broker notices at once."""

    do: Literal["power_cut"]
    feeder: Id
    last_will_share: Share = 0.0


class PowerRestore(Step):
    """The feeder is back, and everything on it, over ``within``."""

    do: Literal["power_restore"]
    feeder: Id
    within: Duration = 120.0


class GatewayDeath(Step):
    """A gateway or probe dies, and with it the voices of all that stand behind it."""

    do: Literal["gateway_death"]
    gateway: Id
    how: Literal["silence", "will"] = "will"


class GatewayReturn(Step):
    do: Literal["gateway_return"]
    gateway: Id


class Tamper(OfDevice):
    """A housing is opened."""

    do: Literal["tamper"]


class Battery(OfDevice):
    do: Literal["battery"]
    percent: Annotated[int, Field(ge=0, le=100)]


class Test(OfDevice):
    """Somebody tries a bell without warning anybody."""

    do: Literal["test"]


# -- what carries their words -----------------------------------------------------------------------------------------


class NetworkLoss(Lasting):
    """Devices cannot reach the broker for a while. Left out, ``devices`` is all of them."""

    do: Literal["network_loss"]
    devices: tuple[Id, ...] = ()
    how: Literal["silence", "will"] = "will"


class BrokerRestart(Step):
    """``keeps``: whether it still knows what it had taken, as after a proper stop."""

    do: Literal["broker_restart"]
    down_for: Duration
    keeps: bool = True


class Flood(OfDevice):
    """One device sends ``messages`` of a channel within ``over``."""

    do: Literal["flood"]
    messages: Times
    over: Duration = 10.0
    channel: Literal["alarm", "heartbeat", "event"] = "heartbeat"


class Replay(OfDevice):
    """The last press of a device comes again as it was. ``is_retained``: the broker keeps it, too."""

    do: Literal["replay"]
    times: Times = 1
    is_retained: bool = False


class Duplicate(OfDevices, Lasting):
    """For a while every message of these devices is sent ``times`` times more."""

    do: Literal["duplicate"]
    times: Annotated[int, Field(ge=1, le=100)] = 1


class Reorder(OfDevices, Lasting):
    """What these devices say is held for ``lasts`` and then comes in the opposite order."""

    do: Literal["reorder"]


class Garbage(OfDevice):
    """A device says what nobody can read."""

    do: Literal["garbage"]
    channel: Literal["alarm", "heartbeat", "status", "event"] = "heartbeat"
    payload: str = "\u0000not json"


# -- the monitor ------------------------------------------------------------------------------------------------------


class ClockStep(Step):
    """Clocks are set: the monitor's own, or those of the devices named."""

    do: Literal["clock_step"]
    by: Shift
    devices: tuple[Id, ...] = ()


class KillMonitor(Step):
    """The monitor ends without a word and starts again. ``when``: at once, or at a commit, and where in it.

    ``passes``: how many such places it comes through before: 0 is the next commit, 36 the thirty-seventh from then.
    """

    do: Literal["kill_monitor"]
    down_for: Duration = 2.0
    when: Literal["now", "before_commit", "after_commit", "before_puback", "before_settling"] = "now"
    passes: int = Field(default=0, ge=0, le=100_000)


class DiskFull(Lasting):
    """Nothing can be committed for a while."""

    do: Literal["disk_full"]


class ChannelFails(Lasting):
    """A way of telling people answers with an error, or not at all."""

    do: Literal["channel_fails"]
    channel: Id
    how: Literal["refuses", "silent"] = "silent"


AnyStep = Annotated[
    Press
    | Release
    | Offline
    | Online
    | PowerCut
    | PowerRestore
    | GatewayDeath
    | GatewayReturn
    | Tamper
    | Battery
    | Test
    | NetworkLoss
    | BrokerRestart
    | Flood
    | Replay
    | Duplicate
    | Reorder
    | Garbage
    | ClockStep
    | KillMonitor
    | DiskFull
    | ChannelFails
    | Acknowledge
    | Verify
    | Dispatch
    | EnRoute
    | OnScene
    | Resolve
    | Shelve,
    Field(discriminator="do"),
]
