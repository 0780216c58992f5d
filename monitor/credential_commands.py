"""``chuong credentials``: what devices sign in with at the broker, for many at once and from the command line."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer

from device_adapters.core.contract import DeviceClass
from monitor.broker_files import BrokerFolder, broker_folder
from monitor.clock import SystemClock
from monitor.console import ConfigFile, opened_store, told_plainly
from monitor.errors import Refusal, UnknownRecord
from monitor.inventory.credentials import (
    CONNECTING,
    CredentialState,
    DeviceAccount,
    Issued,
    credential_states,
    device_accounts,
    insist_on_issuable,
    issue_all,
    revoke,
    without_account,
)
from monitor.inventory.edits import Edit
from monitor.journal.database import Store
from monitor.journal.times import iso
from monitor.settings import Settings, load_settings

credentials_app = typer.Typer(help="What devices sign in with at the broker.", no_args_is_help=True)

ACTOR, SOURCE = "chuong", "command line"  # who and how, in the journal of edits
# The writer of a running monitor must get its turn between two parts, and asks for it every tenth of a second.
A_PART, BREATH_S = 500, 0.12
_CLOCK = SystemClock()
UNKEPT = "the monitor does not keep the broker's files: set mosquitto_folder"
Devices = Annotated[list[str] | None, typer.Argument(help="Ids of devices.")]


@credentials_app.command("list")
def list_credentials(config: ConfigFile = None) -> None:
    """Devices that sign in by themselves, and whether they may: valid, revoked, retired, outdated, none."""
    with told_plainly(), opened_store(load_settings(config)) as store, store.read() as connection:
        for state in credential_states(connection):
            typer.echo("\t".join(_columns(state)))


@credentials_app.command("issue")
def issue_credentials(
    devices: Devices = None,
    missing: Annotated[bool, typer.Option("--missing", help="For every device that has none.")] = False,
    classes: Annotated[
        list[DeviceClass] | None, typer.Option("--class", help="With --missing: only these classes.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write a new CSV file, for nobody else to read.")] = None,
    config: ConfigFile = None,
) -> None:
    """Issue secrets, told now and never again; older ones stop at once."""
    with told_plainly():
        if bool(devices) == missing:
            raise Refusal("name the devices, or say --missing")
        if missing and out is None:
            raise Refusal("--missing needs --out FILE.csv: secrets of many do not belong on a screen")
        settings = load_settings(config)
        with opened_store(settings) as store:
            with _told_to(out) as told:
                _issue(store, devices or [], classes or sorted(CONNECTING), told)
            if out is not None:
                typer.echo(f"issued {told.count}, in {out}")
            _bring_in_line(settings, store)


@credentials_app.command("revoke")
def revoke_credentials(devices: Annotated[list[str], typer.Argument()], config: ConfigFile = None) -> None:
    """Shut devices out of the broker at once. The inventory keeps them."""
    with told_plainly():
        settings = load_settings(config)
        with opened_store(settings) as store:
            with store.transaction() as tx:
                for device_id in devices:
                    if not credential_states(tx, device_id):
                        raise UnknownRecord(f"there is no device {device_id}")
                revoked = revoke(tx, devices, _by())
            typer.echo(f"revoked {len(revoked)}")
            _bring_in_line(settings, store)


@credentials_app.command("sync")
def sync_credentials(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what differs; exit code 1 where it does.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Bring the broker's files in line with the inventory, and the broker with its files; say what was changed."""
    with told_plainly():
        settings = load_settings(config)
        if (folder := broker_folder(settings)) is None:
            raise Refusal(UNKEPT)
        with opened_store(settings) as store:
            if not dry_run:
                _write(folder, store)
                return
            difference = folder.compare(lambda: _accounts(store))
        typer.echo(str(difference))
        raise typer.Exit(1 if difference else 0)


def _issue(store: Store, devices: Sequence[str], classes: Sequence[DeviceClass], told: _Secrets) -> None:
    """Part by part, each in a transaction of its own: presses come in between. What is done of it stays done."""
    with store.read() as connection:
        insist_on_issuable(connection, devices)
        ids = list(dict.fromkeys(devices)) or without_account(connection, classes)
    parts = [ids[start : start + A_PART] for start in range(0, len(ids), A_PART)]
    for part in _watched(parts):
        with store.transaction() as tx:
            # Somebody may have been issued one meanwhile.
            issued = issue_all(tx, part if devices else without_account(tx, classes, part), _by())
            told.tell(issued)
        told.keep(len(issued))


def _watched(parts: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    if len(parts) < 2:
        yield from parts
        return
    with typer.progressbar(parts, label="issuing", file=sys.stderr) as bar:
        for part in bar:
            yield part
            _CLOCK.sleep(BREATH_S)


class _Secrets:
    """Where secrets are told: the screen, or a file that holds just those that count."""

    def __init__(self, file: TextIO | None = None) -> None:
        self._file, self._end, self.count = file, 0, 0
        if file is not None:
            self._lines = csv.writer(file)
            self._lines.writerow(("device_id", "user_name", "secret"))

    def tell(self, issued: Sequence[Issued]) -> None:
        """Before the commit: a secret that is on no disk must not become the one that counts."""
        if self._file is None:
            for each in issued:
                typer.echo(f"{each.device_id}\t{each.user_name}\t{each.secret}")
            return
        self._lines.writerows((each.device_id, each.user_name, each.secret) for each in issued)
        self._file.flush()
        os.fsync(self._file.fileno())

    def keep(self, count: int) -> None:
        """After the commit."""
        self.count += count
        self._end = self._file.tell() if self._file else 0

    def take_back(self) -> None:
        """What was told of a part that did not come to be."""
        if self._file is not None:
            self._file.truncate(self._end)


@contextmanager
def _told_to(out: Path | None) -> Iterator[_Secrets]:
    """A file is new, 0600, and gone again where no secret came to be."""
    if out is None:
        yield _Secrets()
        return
    with os.fdopen(
        os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8", newline=""
    ) as file:
        told = _Secrets(file)
        try:
            yield told
        except BaseException:
            told.take_back()
            if told.count:
                typer.echo(f"issued {told.count}, in {out}; for the rest say it again with another --out", err=True)
            else:
                out.unlink(missing_ok=True)
            raise


def _bring_in_line(settings: Settings, store: Store) -> None:
    if folder := broker_folder(settings):
        _write(folder, store)
    else:
        typer.echo(UNKEPT, err=True)


def _write(folder: BrokerFolder, store: Store) -> None:
    difference = folder.bring_in_line(lambda: _accounts(store))
    # Also where nothing differs: whoever wrote the files may have died before telling the broker.
    folder.reload()
    typer.echo(f"the broker's files: {difference}")
    for name in difference.left_out:
        typer.echo(f"left out {name}: the name of an account of the post's own", err=True)


def _accounts(store: Store) -> list[DeviceAccount]:
    with store.read() as connection:
        return device_accounts(connection)


def _by() -> Edit:
    return Edit(ACTOR, _CLOCK.now(), SOURCE)


def _columns(state: CredentialState) -> tuple[str, ...]:
    return (state.device_id, state.user_name, state.standing, iso(state.issued_at) or "", state.issued_by or "")
