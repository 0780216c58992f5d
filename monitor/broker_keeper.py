"""Keeps the broker's files in line with the inventory: a thread of its own, so that no press ever waits for a disk.

It is told that something may have changed, and looks for itself: many changes at once are one write and one reload.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import structlog

from monitor import metrics
from monitor.broker_files import BrokerFolder
from monitor.errors import ChuongError
from monitor.inventory.credentials import DeviceAccount

log = structlog.get_logger()

# The first change is followed at once, the next after this: a reload stops the broker for as long as it takes to hash
# the secret of every connected device, half a second for 20,000 of them.
GAP_S = 0.5
# Another process may have changed the inventory, or a person the files.
LOOK_AGAIN_S = 60.0
FIRST_RETRY_S, LONGEST_RETRY_S = 0.5, 30.0


class BrokerKeeper:
    """``fault``: why the broker does not know what the inventory says, None while it does. No folder: nothing to do."""

    def __init__(self, folder: BrokerFolder | None, accounts: Callable[[], Sequence[DeviceAccount]]) -> None:
        self._folder, self._accounts = folder, accounts
        self._nudged, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="broker-files", daemon=True)
        self.fault: str | None = None

    def start(self) -> None:
        if self._folder is not None:
            self._nudged.set()
            self._thread.start()

    def stop(self) -> None:
        """What was asked for before is still written."""
        self._stopping.set()
        self._nudged.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=5)

    def nudge(self) -> None:
        """Something the broker must know may have changed. Returns at once; safe from any thread."""
        self._nudged.set()

    def _run(self) -> None:
        # A monitor that died between writing and telling leaves a broker with the old accounts: so the first is told.
        is_untold, retry_s = True, FIRST_RETRY_S
        while True:
            asked = self._nudged.wait(retry_s if self.fault else LOOK_AGAIN_S)
            self._nudged.clear()
            is_untold = self._turn(is_untold)
            retry_s = min(2 * retry_s, LONGEST_RETRY_S) if self.fault and not asked else FIRST_RETRY_S
            if self._stopping.is_set() and not self._nudged.is_set():
                return
            self._stopping.wait(GAP_S)

    def _turn(self, is_untold: bool) -> bool:
        """Whether the broker is still to be told of what the files say."""
        if self._folder is None:
            return False
        try:
            difference = self._folder.bring_in_line(self._accounts)
            is_untold = is_untold or bool(difference)
            if is_untold:
                self._folder.reload()
            if difference or self.fault:
                log.info("broker_accounts_written", what=str(difference), left_out=len(difference.left_out))
        except ChuongError as error:
            self._note(error.reason)
            return is_untold
        except Exception as error:
            log.exception("broker_accounts_failed")
            self._note(type(error).__name__)
            return True
        self.fault = None
        metrics.BROKER_ACCOUNTS.set(difference.accounts)
        metrics.BROKER_FILES_FAULT.set(0)
        return False

    def _note(self, fault: str) -> None:
        if fault != self.fault:
            log.error("broker_accounts_not_written", reason=fault)
        self.fault = fault
        metrics.BROKER_FILES_FAULT.set(1)
