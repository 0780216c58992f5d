"""``chuong doctor``: looks at what the monitor stands on, and says what is wrong and what to do about it.

It changes nothing: the store is opened for reading, and the broker keeps whatever waits there for the monitor.
"""

from __future__ import annotations

import queue
import shutil
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from paho.mqtt.client import Client, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode
from sqlalchemy import make_url

from device_adapters.core.contract import Session
from monitor.broker_release import VERSION_TOPIC, release_found
from monitor.errors import ChuongError, SettingsError
from monitor.inventory.alarm_classes import read_alarm_classes
from monitor.notify.plan import read_plan, with_layers
from monitor.panel_settings import panel_accounts, place_of
from monitor.pipeline.discipline_rules import read_discipline
from monitor.settings import BrokerAccount, Settings, broker_accounts, broker_address, discipline_file, layers_file
from monitor.store_findings import store_found
from monitor.trust import Finding

LEAST_FREE_BYTES = 500 * 1024 * 1024
CONNECT_TIMEOUT_S = 3.0


def examine(settings: Settings, classes_file: Path, plan_files: tuple[Path, Path]) -> list[Finding]:
    """One finding a part, in the order a message passes them."""
    return [
        *_broker(settings),
        _port(settings),
        *_panels(settings),
        _alarm_classes(classes_file),
        _discipline(discipline_file(classes_file)),
        _plan(*plan_files, layers_file(plan_files[1])),
        *store_found(settings, _places(*plan_files, layers_file(plan_files[1]))),
        *_disk(settings),
        _assets(),
    ]


# ── broker ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _broker(settings: Settings) -> Iterator[Finding]:
    door = _door(settings)
    yield door
    if not door.is_well:
        return
    accounts = broker_accounts(settings)
    names = [account.name for account in accounts.values()]
    if names[0] is not None and len(set(names)) == 1:
        said = (
            f"both sessions use {names[0]}: a broker that lets an account in only once, like the one in "
            "deploy/mosquitto, makes them throw each other out; set mqtt_alarm_user and mqtt_state_user"
        )
        yield Finding("accounts", True, said)
    found = [_account(settings, session, account) for session, account in accounts.items()]
    yield from found
    if all(each.is_well for each in found) and not _is_answering(settings):
        release = release_found(_version(settings, accounts[Session.STATE]))
        yield from (release,) if release else ()


def _door(settings: Settings) -> Finding:
    host, port = broker_address(settings)
    place = f"{host}:{port}"
    try:
        connection = socket.create_connection((host, port), CONNECT_TIMEOUT_S)
    except OSError as error:
        return Finding("broker", False, f"nothing answers at {place} ({error}); start it, or set mqtt_url")
    with connection:
        if not _is_tls(settings):
            return Finding("broker", True, f"answers at {place}")
        try:
            ssl.create_default_context().wrap_socket(connection, server_hostname=host).close()
        except OSError as error:
            return Finding("broker", False, f"{place} answers, but not in TLS this machine trusts ({error})")
    return Finding("broker", True, f"answers at {place}, in TLS")


def _account(settings: Settings, session: Session, account: BrokerAccount) -> Finding:
    subject = f"{session} account"
    if account.name is not None and _is_answering(settings):
        said = f"{account.name}: not tried, for the monitor runs, and a login of ours could throw it out; see /readyz"
        return Finding(subject, True, said)
    try:
        answer = _login(settings, account, f"{account.name or f'chuong-{session}'}-doctor")
    except (OSError, queue.Empty) as error:
        return Finding(subject, False, f"no answer to the login ({error!r})")
    if answer.is_failure:
        said = f"{account.name or 'nobody'}: refused ({answer}); set mqtt_{session}_user and mqtt_{session}_password"
        return Finding(subject, False, said)
    if account.name is None:
        return Finding(subject, True, "let in without an account: fine for a trial, not for duty")
    return Finding(subject, True, f"{account.name}: let in")


def _version(settings: Settings, account: BrokerAccount) -> str:
    """What the broker says of itself; empty where it says nothing, or not to us."""
    client, answers = (
        _client(settings, account, f"{account.name or f'chuong-{Session.STATE}'}-doctor"),
        queue.Queue[str](),
    )
    client.on_connect = lambda *_: _subscribe(client)
    client.message_callback_add(VERSION_TOPIC, lambda _client, _data, message: answers.put(message.payload.decode()))
    client.connect(*broker_address(settings))
    client.loop_start()
    try:
        return answers.get(timeout=CONNECT_TIMEOUT_S)
    except queue.Empty:
        return ""
    finally:
        # The session is the monitor's own, and goes on.
        client.unsubscribe(VERSION_TOPIC)
        client.disconnect()
        client.loop_stop()


def _subscribe(client: Client) -> None:
    client.subscribe(VERSION_TOPIC)


def _login(settings: Settings, account: BrokerAccount, client_id: str) -> ReasonCode:
    client, answers = _client(settings, account, client_id), queue.Queue[ReasonCode]()
    client.on_connect = lambda _client, _data, _flags, reason, _properties: answers.put(reason)
    client.connect(*broker_address(settings))
    client.loop_start()
    try:
        return answers.get(timeout=CONNECT_TIMEOUT_S)
    finally:
        client.disconnect()
        client.loop_stop()


def _client(settings: Settings, account: BrokerAccount, client_id: str) -> Client:
    # A broker may put the account in the place of our client id. A clean session would then erase the presses that
    # wait for the monitor there; so the session is kept, and nothing that comes is acknowledged.
    is_clean = account.name is None
    client = Client(CallbackAPIVersion.VERSION2, client_id, is_clean, protocol=MQTTv311, manual_ack=True)
    client.connect_timeout = CONNECT_TIMEOUT_S
    if account.name is not None:
        client.username_pw_set(account.name, account.password)
    if _is_tls(settings):
        client.tls_set()
    return client


def _is_tls(settings: Settings) -> bool:
    return urlsplit(settings.mqtt_url).scheme == "mqtts"


# ── desk ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _port(settings: Settings) -> Finding:
    is_answering = _is_answering(settings)
    said = "something answers there: the monitor, or another program" if is_answering else "free for the desk"
    return Finding("desk", True, f"{settings.http_host}:{settings.http_port}: {said}")


def _is_answering(settings: Settings) -> bool:
    return _answers(settings.http_host, settings.http_port)


def _answers(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.settimeout(CONNECT_TIMEOUT_S)
        return probe.connect_ex((host, port)) == 0


def _panels(settings: Settings) -> Iterator[Finding]:
    if not settings.dc09_listen:
        return
    try:
        accounts = panel_accounts(settings.dc09_accounts)
    except SettingsError as error:
        yield Finding("alarm panels", False, str(error))
        return
    host, port = place_of(settings.dc09_listen)
    is_answering = _answers(host, port)
    keyed = sum("key_ascii" in each or "key_hex" in each for each in accounts.values())
    said = f"{host}:{port}: {'answers' if is_answering else 'nothing listens there yet'}; {keyed} accounts with a key"
    # While the monitor runs it should have its door open.
    yield Finding("alarm panels", is_answering or not _is_answering(settings), said)
    if settings.dc09_tls_listen:
        yield _panels_within_tls(settings)


def _panels_within_tls(settings: Settings) -> Finding:
    host, port = place_of(settings.dc09_tls_listen)
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
            settings.dc09_tls_cert, settings.dc09_tls_key
        )
    except OSError as error:
        return Finding("alarm panels within TLS", False, f"{settings.dc09_tls_cert}: {error}")
    is_answering = _answers(host, port)
    said = f"{host}:{port}: {'answers' if is_answering else 'nothing listens there yet'}"
    return Finding("alarm panels within TLS", is_answering or not _is_answering(settings), said)


def _alarm_classes(file: Path) -> Finding:
    try:
        classes = read_alarm_classes(file)
    except (ChuongError, OSError) as error:
        return Finding("alarm classes", False, str(error))
    return Finding("alarm classes", True, f"{file}: {len(classes)} kinds")


def _discipline(file: Path) -> Finding:
    try:
        longest = read_discipline(file).longest_shelf
    except (ChuongError, OSError) as error:
        return Finding("alarm discipline", False, str(error))
    return Finding("alarm discipline", True, f"{file}: shelved for {longest.total_seconds() / 3600:g} hours at most")


def _plan(escalation: Path, channels: Path, layers: Path) -> Finding:
    try:
        plan = with_layers(read_plan(escalation, channels), layers)
    except (ChuongError, OSError) as error:
        return Finding("who is told", False, str(error))
    unheld = sorted(set(plan.roles) - set(plan.roster))
    said = f"{channels}: {len(plan.roster)} roles by {len(plan.channels)} channels"
    return Finding("who is told", True, f"{said}; nobody is {', '.join(unheld)}" if unheld else said)


def _places(escalation: Path, channels: Path, layers: Path) -> dict[str, str]:
    """Areas with rules of their own → the file; none where it cannot be read, which is said elsewhere."""
    try:
        plan = with_layers(read_plan(escalation, channels), layers)
    except (ChuongError, OSError):
        return {}
    return dict.fromkeys(plan.layers.posts, str(layers)) | dict.fromkeys(plan.elsewhere, str(escalation))


# ── machine ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _disk(settings: Settings) -> Iterator[Finding]:
    database = make_url(settings.database_url)
    if database.get_backend_name() != "sqlite":
        return  # it is the server's, and seen there
    folder = next(place for place in Path(database.database or ".").absolute().parents if place.exists())
    free = shutil.disk_usage(folder).free
    said = f"{free // 1024**2} MiB free in {folder}"
    if free < LEAST_FREE_BYTES:
        said += ": make room, a full disk stops every acknowledgement"
    yield Finding("disk", free >= LEAST_FREE_BYTES, said)


def _assets() -> Finding:
    vendor = Path(__file__).parent / "web" / "static" / "vendor"
    if not any(vendor.glob("fonts/*")):
        return Finding("desk assets", False, "fonts and icons are missing: run make setup")
    return Finding("desk assets", True, "in place")
