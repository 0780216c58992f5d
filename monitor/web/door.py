"""Who says who he is: names and passwords are checked here, wherever somebody gives one."""

from __future__ import annotations

from functools import partial
from math import ceil

from anyio import CapacityLimiter, to_thread

from monitor.journal import accounts
from monitor.web.limits import TokenBuckets
from monitor.web.ports import Desk

# A whole post may stand behind one address, so an address has more tries than a name.
ADDRESS_FACTOR = 4
# A name from everywhere: looser still, else a stranger's guesses would keep its owner out of the desk.
NAME_FACTOR = 20
# Each check costs 20 ms of a core and 19 MiB: a crowd at the door must not slow an alarm down.
CHECKS_AT_ONCE = 2
MOST_WAITING = 16


class Door:
    """Checks names and passwords, few at a time and few for each name at each address."""

    def __init__(self, desk: Desk) -> None:
        settings = desk.settings
        self._desk = desk
        attempts, window_s = settings.login_attempts, settings.login_window_s
        self._pairs = TokenBuckets(attempts, window_s)
        self._names = TokenBuckets(attempts * NAME_FACTOR, window_s)
        self._addresses = TokenBuckets(attempts * ADDRESS_FACTOR, window_s)
        self._checks = CapacityLimiter(CHECKS_AT_ONCE)

    def wait_s(self, name: str, address: str) -> int:
        """Whole seconds until this name may be tried again from this address, 0 for now."""
        if self._checks.statistics().tasks_waiting >= MOST_WAITING:
            return 1
        now_s = self._desk.clock.monotonic_s()
        return ceil(max(buckets.wait_s(key, now_s) for buckets, key in self._limits(name, address)))

    async def check(self, name: str, password: str, address: str) -> bool:
        """Takes a try before the check and gives it back after a right one: who knows the password does not guess."""
        now_s = self._desk.clock.monotonic_s()
        for buckets, key in self._limits(name, address):
            buckets.take(key, now_s)
        is_right = await to_thread.run_sync(partial(self._is_right, name, password), limiter=self._checks)
        if is_right:
            for buckets, key in self._limits(name, address):
                buckets.give_back(key, now_s)
        return is_right

    def _limits(self, name: str, address: str) -> tuple[tuple[TokenBuckets, str], ...]:
        return (self._pairs, f"{address} {name}"), (self._names, name), (self._addresses, address)

    def _is_right(self, name: str, password: str) -> bool:
        with self._desk.read() as connection:
            password_hash = accounts.password_hash_of(connection, name)
        return accounts.is_password(password, password_hash)
