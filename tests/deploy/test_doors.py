"""The doors of a real post, tried against a real broker: devices by certificate, devices by password, the monitor."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import trustme

from monitor.broker_files import BrokerFolder
from monitor.inventory.credentials import DeviceAccount, password_hash
from monitor.settings import shipped
from tests.brokers import Broker, Wire, free_port, password_of

ALARM = "anninh/v1/bell/BELL-1/alarm"
CONFIGURATION = ("10-broker.conf", "20-listeners.conf", "30-devices-by-certificate.conf", "30-devices-by-password.conf")


@dataclass
class Doors:
    """The listeners as shipped, in another folder and on other ports."""

    broker: Broker
    authority: trustme.CA = field(default_factory=trustme.CA)
    certificate_port: int = field(default_factory=free_port)
    password_port: int = field(default_factory=free_port)

    def configure(self) -> None:
        folder, source = self.broker.folder, shipped("deploy/mosquitto")
        text = "\n".join((source / name).read_text() for name in CONFIGURATION)
        for old, new in {
            "/etc/mosquitto/chuong/": f"{folder}/",
            "listener 8883": f"listener {self.certificate_port} 127.0.0.1",
            "listener 8884": f"listener {self.password_port} 127.0.0.1",
            "listener 1884": f"listener {self.broker.port}",
        }.items():
            assert old in text
            text = text.replace(old, new)
        own = f"user root\npersistence_location {folder}/\npid_file {self.broker.pid_file}\n"
        (folder / "mosquitto.conf").write_text(own + text)
        (folder / "post.acl").write_text((source / "acl").read_text())
        (folder / "post.passwd").write_text(f"monitor-alarm:{password_hash(password_of('monitor-alarm'))}\n")
        self.authority.cert_pem.write_to_path(str(folder / "ca.crt"))
        server = self.authority.issue_cert("127.0.0.1")
        server.private_key_pem.write_to_path(str(folder / "server.key"))
        server.cert_chain_pems[0].write_to_path(str(folder / "server.crt"))

    def know(self, *devices: DeviceAccount) -> None:
        """What the monitor does after a change of the inventory."""
        folder = BrokerFolder(self.broker.folder, self.broker.pid_file if self.broker.process else None)
        folder.bring_in_line(lambda: devices)
        folder.reload()

    def by_certificate(self, device: str | None, client_id: str = "any id") -> Wire:
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        if device:
            self.authority.issue_cert(common_name=device).configure_cert(context)
        return Wire(self.certificate_port, None, client_id, tls=context)

    def by_password(self, device: str, password: str | None = None) -> Wire:
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        return Wire(self.password_port, device, "any id", tls=context, password=password)


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[Doors]:
    doors = Doors(Broker(tmp_path))
    doors.configure()
    doors.know(*(DeviceAccount(name, password_hash(password_of(name))) for name in ("BELL-1", "CANARY")))
    doors.broker.start()
    yield doors
    doors.broker.stop()


def hears(monitor: Wire, bell: Wire, end: Wire) -> bool:
    """Does what the bell says reach the monitor? What another says after it does."""
    bell.publish(ALARM, "pressed")
    end.publish("anninh/v1/bell/BELL-9/alarm", "the end")
    return monitor.next() == (ALARM, b"pressed")


def test_it_knows_a_device_by_its_certificate(doors: Doors) -> None:
    with doors.broker.connect("monitor-alarm") as monitor, doors.by_certificate("BELL-1") as bell:
        monitor.subscribe("anninh/v1/+/+/alarm/#")
        bell.publish("anninh/v1/bell/BELL-2/alarm", "forged")
        bell.publish(ALARM, "pressed")
        assert monitor.next() == (ALARM, b"pressed")


def test_it_knows_a_device_by_its_password(doors: Doors) -> None:
    with doors.broker.connect("monitor-alarm") as monitor, doors.by_password("BELL-1") as bell:
        monitor.subscribe("anninh/v1/+/+/alarm/#")
        bell.publish("anninh/v1/bell/BELL-2/alarm", "forged")
        bell.publish(ALARM, "pressed")
        assert monitor.next() == (ALARM, b"pressed")


def test_it_keeps_out_a_device_without_our_certificate(doors: Doors) -> None:
    with pytest.raises((ssl.SSLError, ConnectionError)):
        doors.by_certificate(None)


def test_it_keeps_out_a_device_without_its_password(doors: Doors) -> None:
    with pytest.raises(ConnectionRefusedError):
        doors.by_password("BELL-1", "a guess")


def test_it_shows_the_secret_to_no_broker_of_another_authority(doors: Doors) -> None:
    context = ssl.create_default_context()
    trustme.CA().configure_trust(context)
    with socket.create_connection(("127.0.0.1", doors.password_port)) as opened, pytest.raises(ssl.SSLError):
        context.wrap_socket(opened, server_hostname="127.0.0.1")


def test_it_takes_the_client_id_from_the_certificate(doors: Doors) -> None:
    with doors.broker.connect("monitor-alarm", is_clean=False) as monitor:
        monitor.subscribe("anninh/v1/+/+/alarm/#")
    with doors.by_certificate("BELL-1") as bell:
        bell.publish(ALARM, "a press while the monitor is away")
    doors.by_certificate("BELL-2", client_id="monitor-alarm").close()  # would erase what waits there
    with doors.broker.connect("monitor-alarm", is_clean=False) as monitor:
        assert monitor.next() == (ALARM, b"a press while the monitor is away")


def test_it_lets_a_shut_out_device_say_nothing_more_though_it_is_connected_by_certificate(doors: Doors) -> None:
    with (
        doors.broker.connect("monitor-alarm") as monitor,
        doors.by_certificate("BELL-1") as bell,
        doors.by_certificate("BELL-9") as end,
    ):
        monitor.subscribe("anninh/v1/+/+/alarm/#")
        assert hears(monitor, bell, end)
        assert monitor.next()[1] == b"the end"
        with doors.by_password("CANARY") as canary:
            doors.know(DeviceAccount("BELL-1", None))
            canary.wait_until_dropped()  # the broker has read its files
        assert not hears(monitor, bell, end)
    with (
        doors.broker.connect("monitor-alarm") as monitor,
        doors.by_certificate("BELL-1") as bell,
        doors.by_certificate("BELL-9") as end,
    ):
        monitor.subscribe("anninh/v1/+/+/alarm/#")
        assert not hears(monitor, bell, end)
