"""`chuong scenario run`: exit codes, the table, JUnit, what is kept, and the same story twice."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner, Result

from monitor.cli import app
from monitor.scenario.running import run

STORY = """\
[scenario]
id = "a-press"
title_vi = "Một lần bấm"
seed = 11

[[device]]
id = "BELL-1"
class = "bell"

[[step]]
at = "PT3S"
do = "press"
device = "BELL-1"
repeat = 2
duplicate_publish = 1

[[step]]
at = "PT4S"
do = "broker_restart"
down_for = "PT3S"

[[step]]
at = "PT5S"
do = "press"
device = "BELL-1"

[[want]]
within = ["PT3S", "PT5S"]
alarm = { device = "BELL-1", state = "UNACKNOWLEDGED" }

[expect]
incidents = 1
messages_for_incident = 5
"""


@pytest.fixture
def story(tmp_path: Path) -> Path:
    file = tmp_path / "a-press.toml"
    file.write_text(STORY, encoding="utf-8")
    return file


def play(*words: object) -> Result:
    return CliRunner().invoke(app, ["scenario", "run", *map(str, words)])


def test_it_plays_the_same_story_to_the_same_journal(story: Path) -> None:
    done = play(story, story)
    assert done.exit_code == 0, done.output
    hashes = [line.rpartition(" ")[2] for line in done.output.splitlines() if "journal" in line]
    assert len(hashes) == 2
    assert len(set(hashes)) == 1


def test_it_plays_another_seed_to_another_journal(story: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text(STORY.replace("seed = 11", "seed = 12"), encoding="utf-8")
    hashes = {line.rpartition(" ")[2] for line in play(story, other).output.splitlines() if "journal" in line}
    assert len(hashes) == 2


def test_it_keeps_what_is_left_of_a_story_that_goes_otherwise(story: Path, tmp_path: Path) -> None:
    story.write_text(STORY.replace("incidents = 1", "incidents = 2"), encoding="utf-8")
    done = play(story, "--junit", tmp_path / "junit.xml", "--keep", tmp_path / "kept")
    again = f"chuong scenario run {story} --player virtual"
    assert done.exit_code == 1
    assert "NO  incidents" in done.output
    assert f"play it again: {again}" in done.output
    kept = tmp_path / "kept" / "a-press"
    assert (kept / "replay.txt").read_text() == f"{again}\n"
    assert "UNACKNOWLEDGED" in (kept / "journal.tsv").read_text()
    assert {"chuong.sqlite3", "table.txt", "log.txt", "a-press.toml"} <= {each.name for each in kept.iterdir()}
    suite = ET.parse(tmp_path / "junit.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("4", "1", "0")
    (failure,) = suite.iter("failure")
    assert again in (failure.text or "")


def test_it_keeps_nothing_in_the_place_of_what_is_not_its_own(story: Path, tmp_path: Path) -> None:
    story.write_text(STORY.replace("incidents = 1", "incidents = 2"), encoding="utf-8")
    mine = tmp_path / "a-press" / "holiday.txt"
    mine.parent.mkdir()
    mine.write_text("mine", encoding="utf-8")
    for _ in range(2):
        assert f"what is left of it: {tmp_path / 'a-press-2'}" in play(story, "--keep", tmp_path).output
    assert mine.read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "a-press-3").exists()


def test_it_refuses_a_malformed_story_and_plays_the_others(story: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(STORY.replace("down_for", "down_fro"), encoding="utf-8")
    done = play(wrong, story, "--junit", tmp_path / "junit.xml")
    told = f"{wrong}:20: step.1.down_fro: there is no such key; did you mean down_for?"
    assert done.exit_code == 2
    assert told in done.output
    assert "[2/2] a-press: ok" in done.output
    first, second = ET.parse(tmp_path / "junit.xml").getroot()
    assert (first.get("name"), first.get("errors"), second.get("errors")) == ("wrong", "1", "0")
    (error,) = first.iter("error")
    assert told in (error.get("message") or "")


def test_it_refuses_a_story_that_is_not_there(tmp_path: Path) -> None:
    done = play(tmp_path / "none.toml")
    assert done.exit_code == 2
    assert "there is no such scenario" in done.output


NOTHING_DONE = """\
[scenario]
id = "nothing-done"
title_vi = "Không ai làm gì"

[[device]]
id = "BELL-1"
class = "bell"

[[device]]
id = "BELL-2"
class = "bell"

[[step]]
at = "PT1S"
do = "tamper"
device = "BELL-2"

[[step]]
at = "PT2S"
do = "shelve"
device = "BELL-1"
is_refused = true

[[step]]
at = "PT3S"
do = "ack"
device = "BELL-1"

[[step]]
at = "PT3S"
do = "ack"
device = "BELL-1"
may_be_refused = true

[[step]]
at = "PT4S"
do = "shelve"
device = "BELL-2"
is_refused = true
"""


def test_it_fails_a_story_in_which_somebody_did_not_do_what_it_tells(tmp_path: Path) -> None:
    """Nothing was there to refuse or to answer; and what was to be refused was done."""
    file = tmp_path / "story.toml"
    file.write_text(NOTHING_DONE, encoding="utf-8")
    outcome = run(file, "virtual", None, lambda _line: None)
    assert not outcome.is_met
    assert [(each.what, each.expected, each.seen) for each in outcome.verdicts if not each.is_met] == [
        ("shelve at PT2S", "refused, by duty for BELL-1", "not done: no alarm of BELL-1 waits for it"),
        ("ack at PT3S", "done, by duty for BELL-1", "not done: no alarm of BELL-1 waits for it"),
        ("shelve at PT4S", "refused, by duty for BELL-2", "it was not refused, but done"),
    ]


@pytest.mark.parametrize(
    ("more", "player", "told"),
    [
        (
            '[[want]]\nwithin = ["PT3S", "PT5S"]\ntold = { who = "comander", is_told = false }\n',
            "virtual",
            "33: want.1.told: nobody is called comander; did you mean commander?",
        ),
        (
            '[[want]]\nwithin = ["PT3S", "PT5S"]\ntold = { who = "commander", channel = "post" }\n',
            "virtual",
            "33: want.1.told: no channel is called post; there is ",
        ),
        (
            '[[step]]\nat = "PT3S"\ndo = "channel_fails"\nchannel = "zallo"\nlasts = "PT5S"\n',
            "virtual",
            "34: step.3.channel: no channel is called zallo; did you mean zalo?",
        ),
        (
            '[[step]]\nat = "PT3S"\ndo = "press"\ndevice = "BELL-1"\nqos = 0\n',
            "virtual",
            "35: step.3.qos: 0 is none of 1",
        ),
        (
            '[[step]]\nat = "PT3S"\ndo = "kill_monitor"\nwhen = "before_commit"\n',
            "wire",
            "34: step.3.when: a monitor of its own process dies now, and at no commit: --player virtual",
        ),
    ],
)
def test_it_takes_no_word_that_it_would_do_nothing_with(more: str, player: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / "story.toml"
    file.write_text(STORY.replace("[expect]", f"{more}\n[expect]"), encoding="utf-8")
    outcome = run(file, player, None, lambda _line: None)
    assert outcome.is_malformed
    assert f"{file}:{told}" in outcome.error
