"""The broker's two files on disk: compared with the inventory, written at one stroke, and the broker told to read them.

A file is written beside the old one, synced, and renamed over it: whenever the power goes, the broker finds one of the
two whole. Who writes holds a lock and reads the inventory under it, so that the command line and the monitor never
undo each other. The files' owner, group and mode stay as they are.
"""

from __future__ import annotations

import fcntl
import os
import signal
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import BrokerFilesFault
from monitor.inventory.broker_accounts import (
    OWN_ACCOUNTS,
    OWN_RULES,
    PASSWORDS,
    RULES,
    BrokerFiles,
    PostFiles,
    broker_files,
    device_lines,
)
from monitor.inventory.credentials import DeviceAccount
from monitor.settings import Settings, broker_accounts

PROGRAM = "mosquitto"
_LOCK = ".chuong.lock"
Accounts = Callable[[], Sequence[DeviceAccount]]


@dataclass(frozen=True, slots=True)
class Difference:
    """The files beside the inventory: names of devices to be ``added`` to the passwords, ``removed``, ``changed``."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    others: tuple[str, ...] = ()  # files that differ in something else: the post's own lines, who is shut out
    left_out: tuple[str, ...] = ()
    accounts: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.others)

    def __str__(self) -> str:
        counted = {"added": self.added, "removed": self.removed, "changed": self.changed}
        parts = [f"{len(names)} {what}" for what, names in counted.items() if names]
        parts += [f"{name} differs" for name in self.others]
        return ", ".join(parts) or f"as in the inventory, accounts of devices: {self.accounts}"


@dataclass(frozen=True, slots=True)
class BrokerFolder:
    """``pid_file`` None: somebody else makes the broker read its files. ``own``: the monitor's own accounts there."""

    folder: Path
    pid_file: Path | None
    own: Collection[str] = ()

    def compare(self, accounts: Accounts) -> Difference:
        """Changes nothing. Raises ``BrokerFilesFault``."""
        with _faults_told():
            post = self._post()
            wanted = broker_files(post, accounts())
            return self._difference(post, wanted)

    def bring_in_line(self, accounts: Accounts) -> Difference:
        """Writes what differs; says what that was. The broker must then be told. Raises ``BrokerFilesFault``."""
        with _faults_told(), self._locked():
            post = self._post()
            wanted = broker_files(post, accounts())
            difference = self._difference(post, wanted)
            for name, content in {RULES: wanted.rules, PASSWORDS: wanted.passwords}.items():
                if self._present(name) != content:
                    replace_file(self.folder / name, content)
            return difference

    def reload(self) -> None:
        """The broker drops whose account is gone or has another secret, and asks the rules anew for all others."""
        if self.pid_file is None:
            return
        with _faults_told():
            pid = int(self.pid_file.read_text(encoding="ascii").strip())
            # A stale file may name a process that has nothing to do with us, and SIGHUP ends most programs.
            running = Path(f"/proc/{pid}/comm")
            if Path("/proc/self").exists() and (not running.exists() or running.read_text().strip() != PROGRAM):
                raise BrokerFilesFault(f"{self.pid_file}: process {pid} is no {PROGRAM}; is the broker running?")
            try:
                os.kill(pid, signal.SIGHUP)
            except PermissionError:
                said = f"may not tell {PROGRAM} ({pid}) to reload: run as its user, or with the capability CAP_KILL"
                raise BrokerFilesFault(said) from None

    def _post(self) -> PostFiles:
        texts = []
        for name, what in {OWN_ACCOUNTS: "its passwd", OWN_RULES: "deploy/mosquitto/acl"}.items():
            file = self.folder / name
            if not file.is_file():
                raise BrokerFilesFault(
                    f"{file} is missing: the post's own part of the broker's files; copy {what} there"
                )
            texts.append(file.read_text(encoding="utf-8"))
        post = PostFiles(*texts)
        if missing := sorted(set(self.own) - post.names):
            raise BrokerFilesFault(
                f"{self.folder / OWN_ACCOUNTS} does not name {' and '.join(missing)}: the monitor would shut itself out"
            )
        return post

    def _difference(self, post: PostFiles, wanted: BrokerFiles) -> Difference:
        present = self._present(PASSWORDS) or b""
        old, new = device_lines(present, post), device_lines(wanted.passwords, post)
        differs = {PASSWORDS: present != wanted.passwords, RULES: self._present(RULES) != wanted.rules}
        if old != new:
            differs[PASSWORDS] = False
        return Difference(
            added=tuple(sorted(new.keys() - old.keys())),
            removed=tuple(sorted(old.keys() - new.keys())),
            changed=tuple(sorted(name for name in new.keys() & old.keys() if new[name] != old[name])),
            others=tuple(name for name, is_different in differs.items() if is_different),
            left_out=wanted.left_out,
            accounts=len(new),
        )

    def _present(self, name: str) -> bytes | None:
        file = self.folder / name
        return file.read_bytes() if file.exists() else None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.folder / _LOCK).open("a") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield


def broker_folder(settings: Settings) -> BrokerFolder | None:
    """None where the monitor does not keep the broker's files."""
    if settings.mosquitto_folder is None:
        return None
    pid_file = Path(settings.mosquitto_pid_file) if settings.mosquitto_pid_file else None
    own = {account.name for account in broker_accounts(settings).values() if account.name}
    return BrokerFolder(Path(settings.mosquitto_folder), pid_file, own)


def replace_file(file: Path, content: bytes) -> None:
    """At one stroke, and on the disk when it returns; owner, group and mode as before, else the folder's and 0640."""
    fresh = file.with_name(f".{file.name}.new")
    fresh.unlink(missing_ok=True)  # left by a crash
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
        written.write(content)
        written.flush()
        _as_before(written.fileno(), file)
        os.fsync(written.fileno())
    fresh.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _as_before(opened: int, file: Path) -> None:
    like = file.stat() if file.exists() else file.parent.stat()
    now = os.fstat(opened)
    if like.st_uid != now.st_uid and os.geteuid() == 0:
        os.fchown(opened, like.st_uid, -1)
    if like.st_gid != now.st_gid:
        try:
            os.fchown(opened, -1, like.st_gid)
        except PermissionError:
            said = (
                f"{file}: may not keep its group {like.st_gid}, and the broker could no longer read it: join that group"
            )
            raise BrokerFilesFault(said) from None
    os.fchmod(opened, like.st_mode & 0o777 if file.exists() else 0o640)


@contextmanager
def _faults_told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BrokerFilesFault(f"{error.filename or 'the broker'}: {error.strerror or error}") from error
    except ValueError as error:
        raise BrokerFilesFault(f"a file of the broker cannot be read: {error}") from error
