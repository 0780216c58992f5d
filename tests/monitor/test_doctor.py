"""What the doctor says of sound and broken posts, and that nothing is different after its visit."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.broker_release import release_found
from monitor.doctor import examine
from monitor.inventory.area_tables import Area, AreaSuccession
from monitor.inventory.areas import area_row
from monitor.inventory.edits import Edit, put_all
from monitor.journal import accounts
from monitor.journal.database import Store
from monitor.settings import load_settings, plan_files, shipped
from monitor.trust import Finding
from tests.brokers import Broker, free_port
from tests.postgresql import Cluster

ALARM = "anninh/v1/bell/BELL-1/alarm"
Visit = Callable[..., dict[str, Finding]]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "chuong.sqlite3"


@pytest.fixture
def visit(database: Path) -> Visit:
    """Subject → finding. Nothing is there but what the test has made."""
    plain = {
        "CHUONG_DATABASE_URL": f"sqlite:///{database}",
        "CHUONG_HTTP_PORT": str(free_port()),
        "CHUONG_MQTT_URL": f"mqtt://127.0.0.1:{free_port()}",
    }

    def look(escalation: Path | None = None, **environ: str) -> dict[str, Finding]:
        settings = load_settings(shipped("config/monitor.toml"), plain | environ)
        files = (escalation or plan_files()[0], plan_files()[1])
        found = examine(settings, shipped("config/alarm_classes.toml"), files)
        return {finding.subject: finding for finding in found}

    return look


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path)
    broker.configure("BELL-1")
    broker.start()
    yield broker
    broker.stop()


def test_it_says_that_no_broker_answers(visit: Visit) -> None:
    found = visit()
    assert not found["broker"].is_well
    assert "alarm account" not in found


def test_it_logs_in_as_both_accounts(broker: Broker, visit: Visit) -> None:
    found = visit(**broker.environ)
    assert found["alarm account"] == Finding("alarm account", True, "monitor-alarm: let in")
    assert found["state account"] == Finding("state account", True, "monitor-state: let in")


def test_it_says_what_release_the_broker_is(broker: Broker, visit: Visit) -> None:
    assert visit(**broker.environ)["broker release"].said.startswith("mosquitto 2.")


@pytest.mark.parametrize(
    ("said", "word"),
    [("mosquitto version 2.0.11", "may stop handing out"), ("mosquitto version 2.0.22", "mosquitto 2.0.22")],
)
def test_it_warns_of_a_release_that_stops_handing_out(said: str, word: str) -> None:
    found = release_found(said)
    assert found is not None
    assert word in found.said


def test_it_says_nothing_of_a_broker_it_does_not_know() -> None:
    assert release_found("nats-server 2.15") is None


def test_it_finds_a_wrong_password(broker: Broker, visit: Visit) -> None:
    found = visit(**broker.environ | {"CHUONG_MQTT_STATE_PASSWORD": "wrong"})
    assert found["alarm account"].is_well
    assert not found["state account"].is_well
    assert "mqtt_state_password" in found["state account"].said


def test_it_leaves_the_presses_that_wait_for_the_monitor(broker: Broker, visit: Visit) -> None:
    with broker.connect("monitor-alarm", is_clean=False) as monitor:
        monitor.subscribe(ALARM)
    with broker.connect("BELL-1") as bell:
        bell.publish(ALARM, "a press")
    assert visit(**broker.environ)["alarm account"].is_well
    with broker.connect("monitor-alarm", is_clean=False) as monitor:
        assert monitor.next() == (ALARM, b"a press")


def test_it_does_not_throw_out_a_monitor_that_runs(broker: Broker, visit: Visit) -> None:
    with broker.connect("monitor-alarm") as monitor, socket.create_server(("127.0.0.1", 0)) as desk:
        monitor.subscribe(ALARM)
        found = visit(**broker.environ, CHUONG_HTTP_PORT=str(desk.getsockname()[1]))
        assert "not tried" in found["alarm account"].said
        with broker.connect("BELL-1") as bell:
            bell.publish(ALARM, "a press")
        assert monitor.next() == (ALARM, b"a press")


def test_it_warns_of_one_account_for_both_sessions(broker: Broker, visit: Visit) -> None:
    alone = broker.url.replace("//", "//monitor-alarm:the%20password%20of%20monitor-alarm@")
    found = visit(CHUONG_MQTT_URL=alone)
    assert "throw each other out" in found["accounts"].said
    assert found["state account"].said == "monitor-alarm: let in"


def test_it_says_that_anybody_is_let_in(tmp_path: Path, visit: Visit) -> None:
    broker = Broker(tmp_path, is_anonymous=True)
    broker.configure()
    broker.start()
    found = visit(**broker.environ)
    broker.stop()
    assert found["alarm account"].said.startswith("let in without an account")


def test_it_finds_a_broker_without_tls(broker: Broker, visit: Visit) -> None:
    found = visit(**broker.environ | {"CHUONG_MQTT_URL": broker.url.replace("mqtt:", "mqtts:")})
    assert not found["broker"].is_well
    assert "TLS" in found["broker"].said


def test_it_makes_no_store(database: Path, visit: Visit) -> None:
    assert "not there yet" in visit()["store"].said
    assert not database.exists()


def test_it_leaves_an_older_schema_as_it_is(database: Path, visit: Visit) -> None:
    store = Store(f"sqlite:///{database}")
    store.migrate()
    with store.transaction() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    store.close()
    for _ in range(2):
        assert visit()["schema"].said.startswith("0001; chuong serve brings it to ")


def test_it_knows_a_schema_of_a_newer_program(database: Path, visit: Visit) -> None:
    store = Store(f"sqlite:///{database}")
    store.migrate()
    assert visit()["schema"].said.endswith("the newest")
    with store.transaction() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    assert not visit()["schema"].is_well


def test_it_finds_a_sound_store_sound(database: Path, visit: Visit) -> None:
    store = Store(f"sqlite:///{database}")
    store.migrate()
    assert visit()["content"] == Finding("content", True, "sound")
    store.close()


def test_it_finds_a_damaged_store(database: Path, visit: Visit) -> None:
    store = Store(f"sqlite:///{database}")
    store.migrate()
    store.close()
    with database.open("r+b") as file:
        file.seek(4096 * 2)
        file.write(b"\xff" * 4096 * 4)
    found = visit()
    assert [each for each in ("store", "content") if each in found and not found[each].is_well]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_it_looks_at_postgresql(database_url: str, visit: Visit) -> None:
    found = visit(CHUONG_DATABASE_URL=database_url)
    assert found["store"].is_well
    assert "PostgreSQL" in found["store"].said
    assert found["schema"].said.endswith("the newest")
    assert "disk" not in found


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_it_finds_a_postgresql_that_forgets_at_a_power_cut(database_url: str, visit: Visit) -> None:
    """As that of the tests: nothing of it needs to outlive them."""
    found = visit(CHUONG_DATABASE_URL=database_url)["durability"]
    assert not found.is_well
    assert found.said.startswith("fsync and full_page_writes off")


def test_it_says_that_no_postgresql_answers(tmp_path: Path, visit: Visit) -> None:
    found = visit(CHUONG_DATABASE_URL=f"postgresql+psycopg://desk:hidden@/chuong?host={tmp_path}")["store"]
    assert not found.is_well
    assert "hidden" not in found.said
    assert "cannot be read (" in found.said


def test_it_leaves_a_postgresql_without_tables_as_it_is(postgresql: Cluster, visit: Visit) -> None:
    with postgresql.bare_database() as url:
        for _ in range(2):
            assert visit(CHUONG_DATABASE_URL=url)["schema"].said.startswith("none yet; chuong serve brings it to ")


def test_it_says_whose_area_is_gone_and_what_it_became(database: Path, visit: Visit) -> None:
    store, now = Store(f"sqlite:///{database}"), datetime(2025, 6, 30, tzinfo=UTC)
    store.migrate()
    with store.transaction() as tx:
        by, cut = Edit("operator", now, "tables"), date(2025, 7, 1)
        old = area_row("C-0", "commune", "Thị trấn Đinh Văn", valid_to=now.date())
        put_all(tx, Area, [old, area_row("C-1", "commune", "Xã Đinh Văn", valid_from=cut)], by)
        put_all(tx, AreaSuccession, [{"old_id": "C-0", "new_id": "C-1", "kind": "rename", "effective_on": cut}], by)
        accounts.add_user(tx, accounts.User("truc-ban", accounts.Role.DUTY_OFFICER), "a long password", now)
        accounts.add_user(tx, accounts.User("xa", accounts.Role.OPERATOR, "C-0"), "a long password", now)
    store.close()
    found = visit()["accounts"]
    said = "xa is bound to C-0, which is not there; it became C-1 (Xã Đinh Văn); set it anew with chuong user change"
    assert found == Finding("accounts", False, said)


def test_it_warns_of_rules_for_a_place_that_is_none(database: Path, tmp_path: Path, visit: Visit) -> None:
    store = Store(f"sqlite:///{database}")
    store.migrate()
    with store.transaction() as tx:
        group = {**area_row("DV-21", "residential_group", "Thôn Hai"), "beat_id": "KV-3"}
        put_all(tx, Area, [group], Edit("operator", datetime(2025, 6, 30, tzinfo=UTC), "tables"))
    store.close()
    own = tmp_path / "escalation.toml"
    shipped_text = plan_files()[0].read_text(encoding="utf-8")
    places = "".join(f'\n[[places]]\narea = "{each}"\n' for each in ("DV-21", "KV-3", "DV-2l"))
    own.write_text(shipped_text + places, encoding="utf-8")
    said = f"{own}: DV-2l is no area of the inventory; did you mean DV-21 (Thôn Hai)?"
    assert visit(own)["places"] == Finding("places", False, said)
