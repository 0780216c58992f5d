"""A registrar's morning: thirty rows from the head of a group, as .csv and as the office's workbook."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.inventory.spreadsheets.columns import Column
from monitor.inventory.spreadsheets.dry_run import DryRun, Status, dry_run
from monitor.inventory.spreadsheets.known import KnownEye
from monitor.inventory.spreadsheets.problems import Choice, Code, Decision, Severity
from monitor.inventory.spreadsheets.readings import written
from monitor.inventory.spreadsheets.table import SkippedAs
from tests.monitor.inventory.spreadsheets.demo_commune import KNOWN, problems_of, row_of
from tests.monitor.inventory.spreadsheets.old_encodings import in_cp1258
from tests.monitor.inventory.spreadsheets.workbooks import THIRTY, thirty_rows_as_workbook

FILES = {"csv": THIRTY.read_bytes(), "xlsx": thirty_rows_as_workbook()}
DECIDED = (
    Decision(5, Column.PHONE, Choice.AGREE),
    Decision(10, Column.INSTALLED_ON, Choice.AGREE),
    Decision(12, Column.RETENTION_DAYS, Choice.AGREE),
    Decision(14, Column.OWNER, Choice.AGREE),
    Decision(20, Column.GROUP_NAME, Choice.AGREE),
    Decision(22, None, Choice.SKIP),
    Decision(24, Column.CONSENT, Choice.AGREE),
    Decision(25, Column.COORDINATES, Choice.REPLACE, "11.77210, 108.22030"),
    Decision(27, None, Choice.SKIP),
)


@pytest.fixture(params=FILES, scope="module")
def content(request: pytest.FixtureRequest) -> bytes:
    return FILES[request.param]


@pytest.fixture(scope="module")
def run(content: bytes) -> DryRun:
    return dry_run(content, KNOWN)


@pytest.fixture(scope="module")
def decided(content: bytes) -> DryRun:
    return dry_run(content, KNOWN, DECIDED)


def found(run: DryRun, severity: Severity) -> dict[int, tuple[str, str | None]]:
    return {each.row: (each.key, each.proposal) for each in problems_of(run) if each.severity is severity}


def test_it_counts_valid_rows_questions_errors_and_eyes(run):
    counts = run.counts
    assert (counts.valid, counts.questions, counts.errors, counts.eyes_written) == (21, 7, 2, 33)
    assert not run.is_ready


def test_it_matches_every_column(run):
    assert (len(run.matches.matched), run.matches.unmatched, run.matches.dropped) == (15, (), ())


def test_it_puts_right_what_can_be_put_right(run):
    assert found(run, Severity.FIXED) == {
        3: (Code.ZERO_ADDED, "0912345678"),
        7: (Code.NUMBER_TAKEN, "2"),
        9: (Code.DAY_FROM_SERIAL, "01/04/2023"),
        16: (Code.LETTERS_COMPOSED, "TDP Gia Thạnh, TT Đinh Văn"),
        18: (Code.GROUP_REWRITTEN, "TDP Gia Thạnh"),
    }


def test_it_asks_what_only_a_person_knows(run):
    assert found(run, Severity.QUESTION) == {
        5: (Code.OLD_PREFIX, "0701234567"),
        10: (Code.DAY_MEANT, "03/04/2023"),
        12: (Code.DAYS_MEANT, "30"),
        14: (Code.OLD_FONT, "Hộ minh họa 14"),
        20: (Code.GROUP_UNKNOWN, "TDP Gia Thạnh"),
        22: (Code.DUPLICATE, None),
        24: (Code.NO_CONSENT, None),
    }


def test_it_says_what_cannot_be_written(run):
    assert found(run, Severity.ERROR) == {25: (Code.NO_POSITION, None), 27: (Code.NO_EYES, None)}


def test_it_fills_the_words_of_the_catalogue(run):
    values = {each.row: dict(each.values) for each in problems_of(run)}
    assert values[20] == {"x": "Gia Thạch", "y": "Gia Thạnh"}
    assert values[22] == {"n": 21}


def test_it_offers_one_press_for_each_question(run):
    assert {each.row: each.fix for each in problems_of(run) if each.fix} == {
        decision.row: decision for decision in DECIDED if decision.row != 25
    }


def test_it_comes_out_as_decided(decided):
    counts = decided.counts
    assert (counts.valid, counts.skipped, counts.errors, counts.questions) == (28, 2, 0, 0)
    assert (counts.eyes_to_add, counts.eyes_active, counts.eyes_waiting) == (32, 31, 1)
    assert decided.is_ready


def test_it_makes_four_eyes_of_a_row_with_four(decided):
    eyes = row_of(decided, 29).drafts
    assert [(eye.eye_no, eye.eye_count, eye.owner) for eye in eyes] == [
        (number, 4, "Hộ minh họa 29") for number in (1, 2, 3, 4)
    ]


def test_it_takes_over_what_was_agreed_and_what_was_given(decided):
    def eye(row: int) -> object:
        return row_of(decided, row).drafts[0]

    assert (eye(5).phones, written(eye(10).installed_on), eye(12).retention_days) == (("0701234567",), "2023-04-03", 30)
    assert (eye(14).owner, eye(20).group_id, eye(24).is_active) == ("Hộ minh họa 14", "DV-01", False)
    assert (eye(25).latitude, eye(25).longitude, eye(25).location_kind) == (11.7721, 108.2203, None)
    assert {draft.group_id for row in decided.rows for draft in row.drafts} == {"DV-01"}


def test_it_reads_the_location_kind_in_the_words_of_the_list(decided):
    assert row_of(decided, 1).drafts[0].location_kind == "t_junction"


def test_it_knows_the_households_when_the_list_comes_again(content):
    eyes = tuple(
        KnownEye(
            device_id=f"CAM-{row.row}",
            owner=row.drafts[0].owner,
            group_id="DV-01",
            location=row.drafts[0].location or "",
            direction=row.drafts[0].direction,
        )
        for row in dry_run(content, KNOWN).rows
        if row.status is Status.VALID
    )
    again = dry_run(content, replace(KNOWN, eyes=eyes))
    assert again.counts.valid == 0
    assert {each.values["x"] for each in problems_of(again) if each.key is Code.ALREADY_KNOWN} >= {"CAM-1", "CAM-30"}


def test_it_skips_motto_title_total_and_signature_with_a_word():
    run = dry_run(FILES["xlsx"], KNOWN)
    assert run.header_lines == (7, 8)
    assert [(skipped.line, skipped.reason) for skipped in run.skipped] == [
        (39, SkippedAs.TOTAL),
        (41, SkippedAs.SIGNATURE),
        (42, SkippedAs.SIGNATURE),
    ]


def test_it_tells_the_cell_of_a_problem():
    cells = {each.row: each.cell for each in problems_of(dry_run(FILES["xlsx"], KNOWN))}
    assert (cells[3], cells[20], cells[25]) == ("D11", "C28", "H33")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "cp1258"])
def test_it_counts_the_same_in_any_encoding(encoding):
    text = THIRTY.read_text(encoding="utf-8-sig")
    counts = dry_run(in_cp1258(text) if encoding == "cp1258" else text.encode(encoding), KNOWN).counts
    assert (counts.valid, counts.questions, counts.errors, counts.eyes_written) == (21, 7, 2, 33)
