"""Chains and roster, as their files give them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from device_adapters.core.events import CALLS_UNDER_THREAT, AlarmKind
from monitor.errors import SettingsError
from monitor.notify.plan import Plan, read_plan
from monitor.notify.wording import words
from monitor.settings import shipped

CHAINS, ROSTER = shipped("config/escalation.toml"), shipped("config/channels.toml")


@pytest.fixture
def said(tmp_path: Path) -> Path:
    return tmp_path / "channels.toml"


def test_it_says_of_every_kind_which_chain_it_starts() -> None:
    assert set(read_plan(CHAINS, ROSTER).chains) == set(AlarmKind)


def test_it_has_words_for_every_kind() -> None:
    assert set(words()["kinds"]) == set(AlarmKind)


@pytest.mark.parametrize("kind", sorted(CALLS_UNDER_THREAT))
def test_it_is_shipped_to_tell_two_of_a_call_for_help(kind: AlarmKind) -> None:
    plan = read_plan(CHAINS, ROSTER)
    assert [(step.after_s, step.role) for step in plan.chains[kind]] == [(30, "second_officer"), (60, "commander")]
    assert all(plan.roster[step.role] for step in plan.chains[kind])


def test_it_reads_every_way_it_shows(said: Path) -> None:
    """What stands there as an example must work when the marks are taken away."""
    shown = re.sub(r"^# (?=\[|[a-z_]+ = )", "", ROSTER.read_text(), flags=re.MULTILINE)
    said.write_text(shown.replace('"@/', '"'))
    plan = read_plan(CHAINS, said)
    assert {channel.kind for channel in plan.channels.values()} == {
        "copy_text", "zalo_user", "zalo_group", "zns", "zalo_bot", "telegram", "webhook", "smtp", "siren", "apprise",
    }  # fmt: skip


def test_it_reads_a_secret_from_a_file_of_its_own(said: Path, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("s3cret\n")
    said.write_text(f'[channels.b]\nkind = "telegram"\nurl = "http://127.0.0.1"\ntoken = "@{tmp_path}/key"\n')
    channel = read_plan(CHAINS, said).channels["b"]
    assert channel.kind == "telegram"
    assert channel.token.get_secret_value() == "s3cret"
    assert "s3cret" not in repr(channel)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[[told]]\nrole = "a"\nname = "b"\nways = ["sms:1"]', "there is no channel sms"),
        ('[[told]]\nrole = "a"\nname = "b"\nways = []', "ways"),
        ('[channels.z]\nkind = "zalo_user"', "expected the account in [zalo]"),
        ('[channels.z]\nkind = "pigeon"', "kind"),
        ('[channels.z]\nkind = "telegram"\nurl = "127.0.0.1"\ntoken = "t0ken"', "begins with http"),
        ("= 1", "not TOML"),
        ('[channels.c]\nkind = "copy_text"\nquiet = "22:00-06:00"\nquiet_for = ["P1"]', "P1 and S are never quiet"),
        ('[channels.c]\nkind = "copy_text"\nquiet = "00:00-12:00; 12:00-00:00"', "come to an end"),
        ('[channels.c]\nkind = "copy_text"\nquiet = "at night"', "hours like 07:00-18:00"),
        (
            """[channels.c]
            kind = "copy_text"
            quiet = "22:00-06:00"
            [[told]]
            role = "a"
            name = "b"
            ways = ["c:1"]
            quiet = "06:00-22:00"
            """,
            "b: by c there is no hour that is not quiet",
        ),
    ],
)
def test_it_says_what_is_wrong_and_never_a_secret(said: Path, text: str, expected: str) -> None:
    said.write_text(text)
    with pytest.raises(SettingsError) as refused:
        read_plan(CHAINS, said)
    assert expected in refused.value.reason
    assert str(said) in refused.value.reason
    assert "t0ken" not in refused.value.reason


def test_it_refuses_a_chain_that_is_not_there(tmp_path: Path) -> None:
    chains = tmp_path / "escalation.toml"
    chains.write_text('[chains]\n[kinds]\npanic = "call"')
    with pytest.raises(SettingsError, match="call"):
        read_plan(chains, ROSTER)


def test_it_tells_nobody_where_nothing_is_planned() -> None:
    assert Plan().chains == {}
