import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from device_adapters.core.contract import DeviceClass
from device_adapters.core.registry import adapters
from monitor.errors import SettingsError
from monitor.settings import (
    Settings,
    alarm_classes_file,
    broker_accounts,
    broker_address,
    load_settings,
    settings_file,
    shipped,
)

SHIPPED = shipped("config/monitor.toml")


@pytest.fixture
def refusal(tmp_path: Path) -> Callable[..., str]:
    """What ``load_settings`` says of this file and environment, with the folder left out."""

    def read(text: str, **environ: str) -> str:
        file = tmp_path / "monitor.toml"
        file.write_text(text, encoding="utf-8")
        with pytest.raises(SettingsError) as refused:
            load_settings(file, environ)
        return refused.value.reason.replace(f"{tmp_path}/", "")

    return read


def test_it_reads_the_file_it_is_given(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('post_name = "Đinh Văn"\nbatch_linger_s = 0\n', encoding="utf-8")
    settings = load_settings(file, {})
    assert (settings.post_name, settings.batch_linger_s, settings.http_port) == ("Đinh Văn", 0, 8113)


def test_it_reads_the_file_the_environment_names(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text("http_port = 9000\n")
    assert load_settings(environ={"CHUONG_CONFIG": str(file)}).http_port == 9000


def test_it_takes_the_file_in_the_working_folder_before_the_shipped_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert settings_file(environ={}) == SHIPPED
    (tmp_path / "config").mkdir()
    (tmp_path / "config/monitor.toml").touch()
    assert settings_file(environ={}).absolute() == tmp_path / "config/monitor.toml"


def test_it_takes_the_alarm_classes_beside_the_settings_file(tmp_path):
    environ = {"CHUONG_CONFIG": str(tmp_path / "monitor.toml")}
    (tmp_path / "monitor.toml").touch()
    assert alarm_classes_file(environ=environ) == shipped("config/alarm_classes.toml")
    (tmp_path / "alarm_classes.toml").touch()
    assert alarm_classes_file(environ=environ) == tmp_path / "alarm_classes.toml"


def test_it_lets_the_environment_win_over_the_file(tmp_path):
    file = tmp_path / "monitor.toml"
    file.write_text("http_port = 9000\nbatch_linger_s = 1.0\n")
    settings = load_settings(file, {"CHUONG_HTTP_PORT": "9001", "HOME": "/nowhere"})
    assert (settings.http_port, settings.batch_linger_s) == (9001, 1.0)


def test_it_refuses_a_file_that_is_not_there(tmp_path):
    with pytest.raises(SettingsError, match="there is no such settings file"):
        load_settings(tmp_path / "gone.toml", {})


def test_it_names_the_line_of_an_unknown_setting_and_the_likely_one(refusal):
    assert refusal("# a remark\n\nhttp_prot = 1\n") == (
        "monitor.toml, line 3: http_prot: there is no such setting; did you mean http_port?"
    )


def test_it_names_the_line_of_a_section(refusal):
    assert "monitor.toml, line 2: mqtt: there is no such setting" in refusal('\n[mqtt]\nurl = "mqtt://h"\n')


def test_it_names_the_line_of_a_wrong_value_with_what_was_found_and_expected(refusal):
    assert refusal('\nhttp_port = "8113"') == 'monitor.toml, line 2: http_port = "8113": expected a valid integer'
    assert refusal("http_port = 0") == "monitor.toml, line 1: http_port = 0: expected greater than or equal to 1"
    assert "expected 'debug', 'info', 'warning' or 'error'" in refusal('log_level = "loud"')


def test_it_names_the_line_where_the_file_is_not_toml(refusal):
    assert refusal("a = 1\nb = \n").startswith("monitor.toml, line 2: not TOML: ")


def test_it_refuses_a_file_that_is_not_utf_8(tmp_path):
    file = tmp_path / "monitor.toml"
    file.write_bytes('post_name = "Đ'.encode("utf-16"))
    with pytest.raises(SettingsError, match="expected UTF-8 text"):
        load_settings(file, {})


def test_it_refuses_an_unknown_variable_of_ours(refusal):
    assert refusal("", CHUONG_HTTP_PROT="1") == (
        "environment: CHUONG_HTTP_PROT: there is no such setting; did you mean CHUONG_HTTP_PORT?"
    )
    assert "all are listed in config/monitor.toml" in refusal("", CHUONG_ZZZ="1")


def test_it_refuses_a_wrong_value_in_the_environment(refusal):
    assert refusal("", CHUONG_HTTP_PORT="x").startswith('environment: CHUONG_HTTP_PORT = "x": expected a valid integer')


def test_it_tells_every_problem_at_once_in_the_order_of_the_file(refusal):
    told = refusal("http_port = 0\nnope = 1\npost_name = ''", CHUONG_LOG_LEVEL="loud").splitlines()
    assert [line.split(":")[0] for line in told] == ["environment", *(f"monitor.toml, line {n}" for n in (1, 2, 3))]


@pytest.mark.parametrize(
    "url", ["127.0.0.1:1883", "http://h", "mqtt://", "mqtt://h:99999", "mqtt://h:port", "mqtt://h:0", "mqtt://h/topic"]
)
def test_it_refuses_what_is_no_broker_address(refusal, url):
    assert re.search("expected .*mqtt://", refusal(f'mqtt_url = "{url}"'))


@pytest.mark.parametrize("url", ["mqtt://h", "mqtts://h:8883", "mqtt://u:p@127.0.0.1:1/", "mqtt://[::1]:1883"])
def test_it_accepts_broker_addresses(url):
    assert load_settings(environ={"CHUONG_MQTT_URL": url}).mqtt_url == url


@pytest.mark.parametrize("url", ["data.sqlite3", "sqlite://data.sqlite3", "sqlite://", "sqlite:///", "mysql://h/db"])
def test_it_refuses_what_is_no_store_address(refusal, url):
    assert "expected" in refusal(f'database_url = "{url}"')


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://desk@h/chuong",
        "postgres://desk@h/chuong",
        "postgresql+asyncpg://h/chuong",
        "postgresql+psycopg://desk@h",
        "postgresql+psycopg://desk@h/",
        "postgresql+psycopg://desk@h:port/chuong",
    ],
)
def test_it_refuses_what_is_no_postgresql_database(refusal, url):
    assert "expected postgresql+psycopg://user:password@host:5432/database" in refusal(f'database_url = "{url}"')


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://desk:secret@db.internal/chuong",
        "postgresql+psycopg://desk@[::1]:5433/chuong?sslmode=verify-full",
        "postgresql+psycopg:///chuong?host=/run/postgresql",
    ],
)
def test_it_accepts_postgresql_databases(url):
    assert load_settings(environ={"CHUONG_DATABASE_URL": url}).database_url == url


@pytest.mark.parametrize("topic", ["", "/a", "a/", "a//b", "a/+", "#", "a b"])
def test_it_refuses_base_topics_that_cannot_be_one(refusal, topic):
    assert "expected a topic" in refusal(f'base_topic_native = "{topic}"')


@pytest.mark.parametrize("topic", ["anninh/v1", "anninh/v1/zigbee", "anninh"])
def test_it_refuses_base_topics_that_hold_each_other(refusal, topic):
    assert refusal(f'\nbase_topic_zigbee2mqtt = "{topic}"') == (
        f'monitor.toml, line 2: base_topic_zigbee2mqtt = "{topic}": expected a topic apart from '
        'base_topic_native = "anninh/v1": neither the same nor one within the other'
    )


def test_it_accepts_base_topics_side_by_side():
    assert load_settings(environ={"CHUONG_BASE_TOPIC_ZIGBEE2MQTT": "anninh/v1-zigbee"})


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("mqtt://h", ("h", 1883)),
        ("mqtts://h", ("h", 8883)),
        ("mqtts://u:p@h:1884/", ("h", 1884)),
        ("mqtt://[::1]:1", ("::1", 1)),
    ],
)
def test_it_knows_where_the_broker_is(url, address):
    assert broker_address(load_settings(environ={"CHUONG_MQTT_URL": url})) == address


@pytest.mark.parametrize(
    ("own", "accounts"),
    [({}, ["one", "one"]), ({"CHUONG_MQTT_STATE_USER": "b", "CHUONG_MQTT_STATE_PASSWORD": "w"}, ["one", "b"])],
)
def test_it_gives_a_session_without_an_account_the_one_in_the_address(own, accounts):
    settings = load_settings(environ={"CHUONG_MQTT_URL": "mqtt://one:p%40ss@h", **own})
    given = broker_accounts(settings)
    assert [account.name for account in given.values()] == accounts
    assert given["alarm"].password == "p@ss"


def test_it_refuses_a_deadline_within_the_interval(refusal):
    assert refusal("supervision_bell_deadline_s = 20") == (
        "monitor.toml, line 1: supervision_bell_deadline_s = 20: expected more than the interval of 20 s"
    )
    assert "monitor.toml, default: supervision_bell_deadline_s = 85" in refusal("supervision_bell_interval_s = 100")


def test_it_compares_deadline_and_interval_after_the_environment(tmp_path):
    file = tmp_path / "monitor.toml"
    file.write_text("supervision_bell_interval_s = 100\n")
    settings = load_settings(file, {"CHUONG_SUPERVISION_BELL_DEADLINE_S": "425"})
    assert settings.supervision[DeviceClass.BELL].deadline_s == 425


def test_it_keeps_secrets_out_of_its_sentences_and_its_repr(refusal):
    told = refusal('mqtt_url = "mqtt://user:top/@secret@h:99999"\nmqtt_alarm_password = 1234567')
    assert not re.search("top|secret", told)
    assert "1234567" not in told
    environ = {"CHUONG_MQTT_URL": "mqtt://u:topsecret@h", "CHUONG_MQTT_STATE_PASSWORD": "hushhush"}
    assert not re.search("topsecret|hushhush", repr(load_settings(environ=environ)))


def test_it_cannot_be_changed_afterwards():
    with pytest.raises(ValueError, match="frozen"):
        load_settings(environ={}).http_port = 1  # type: ignore[misc]


def test_it_knows_the_supervision_of_every_device_class_that_says_anything():
    assert set(load_settings(environ={}).supervision) == set(DeviceClass) - {DeviceClass.GONG}


def test_it_knows_the_base_topic_of_every_adapter():
    assert load_settings(environ={}).base_topics == {name: adapter.default_base for name, adapter in adapters().items()}


def _documented() -> dict[str, str]:
    """Setting → its line in the shipped file, those without a default being commented out."""
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    found = (re.match(r"(?:# )?(\w+) = ", line) for line in lines)
    return {match[1]: match.string.removeprefix("# ") for match in found if match}


def test_it_ships_a_file_that_lists_every_setting():
    assert sorted(_documented()) == sorted(Settings.model_fields)


def test_it_ships_a_file_that_says_what_the_code_defaults_to():
    values = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    defaults = {name: field.default for name, field in Settings.model_fields.items() if field.default is not None}
    assert values == defaults


def test_it_ships_a_file_with_a_why_above_every_group_of_settings():
    """No blank line, and then a setting, without a remark between them — but for the port, which has no why."""
    text = SHIPPED.read_text(encoding="utf-8")
    bare = [match[1] for match in re.finditer(r"\n\n(\w+) = ", text)]
    assert bare == ["http_port"]
