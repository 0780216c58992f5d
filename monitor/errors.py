"""Errors that carry a reason and say whether trying again can help.

ChuongError
├── SettingsError       a setting is unknown or wrong; names the place and what was expected
├── StartError          the monitor cannot start (port in use, second demo, no broker)
├── StoreUnavailable    the store cannot commit now (locked, full, gone): keep, do not acknowledge, try again
├── BrokerFilesFault    the broker's files cannot be read, written or reloaded now: try again
├── TooBusy             too many wait for the same already: try again after a while
├── UnknownRecord       no such alarm, device or user
├── OutsideTerritory    what is to be written stands outside the territory of who writes
├── Refusal             the request breaks a rule (wrong state, duplicate id): trying again cannot help
└── VersionConflict     somebody, or a new press, was first; carries what is there now
"""

from __future__ import annotations


class ChuongError(Exception):
    may_retry = False

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SettingsError(ChuongError):
    pass


class StartError(ChuongError):
    pass


class StoreUnavailable(ChuongError):
    may_retry = True


class BrokerFilesFault(ChuongError):
    may_retry = True


class TooBusy(ChuongError):
    may_retry = True

    def __init__(self, reason: str, retry_after_s: int) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class UnknownRecord(ChuongError):
    pass


class OutsideTerritory(ChuongError):
    pass


class Refusal(ChuongError):
    """``code``: a word for programs, where they can do better than show the reason."""

    def __init__(self, reason: str, code: str = "refused") -> None:
        super().__init__(reason)
        self.code = code


class VersionConflict(ChuongError):
    pass
