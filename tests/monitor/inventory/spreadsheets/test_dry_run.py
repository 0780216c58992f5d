from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from monitor.inventory import kinds
from monitor.inventory.spreadsheets.cells import Why
from monitor.inventory.spreadsheets.columns import Column, Kind
from monitor.inventory.spreadsheets.dry_run import CellChange, Change, Status, dry_run
from monitor.inventory.spreadsheets.listing import open_list
from monitor.inventory.spreadsheets.problems import WHOLE_FILE, Choice, Code, Decision, Severity
from monitor.inventory.spreadsheets.words import word_list
from tests.monitor.inventory.spreadsheets.demo_commune import (
    HEADER,
    KNOWN,
    household,
    problems_of,
    row_of,
    tried,
)
from tests.monitor.inventory.spreadsheets.old_encodings import in_tcvn3
from tests.monitor.inventory.spreadsheets.workbooks import COMMUNE, DATA, comma_separated, rows_of, workbook

LISTS = {
    Kind.AREAS: (DATA / "areas_versioned.csv", 81),
    Kind.GROUPS: (COMMUNE / "residential_groups.csv", 21),
    Kind.CAMERAS: (COMMUNE / "cameras_dinh_van.csv", 118),
    Kind.BELLS: (COMMUNE / "alarm_bells.csv", 21),
    Kind.PEOPLE: (DATA / "people_roles.csv", 51),
}


def keys(run: object) -> list[str]:
    return [problem.key for problem in problems_of(run)]


@pytest.mark.parametrize("kind", LISTS)
def test_it_takes_our_own_lists_without_a_word(kind):
    path, rows = LISTS[kind]
    run = dry_run(path.read_bytes(), KNOWN)
    assert (run.kind, run.counts.valid, run.counts.new, keys(run), run.problems) == (kind, rows, rows, [], ())
    assert run.is_ready


def test_it_takes_high_masts_which_belong_to_no_group():
    run = dry_run((COMMUNE / "cameras_high_mast.csv").read_bytes(), KNOWN)
    assert run.counts.valid == 8
    assert all(draft.is_high_mast and draft.group_id is None for row in run.rows for draft in row.drafts)


def test_it_reads_the_same_from_a_workbook():
    for path, _ in LISTS.values():
        rows = [row.drafts for row in dry_run(path.read_bytes(), KNOWN).rows]
        assert [row.drafts for row in dry_run(workbook(rows_of(path)), KNOWN).rows] == rows


def test_it_needs_the_groups_before_the_cameras():
    run = dry_run((COMMUNE / "cameras_dinh_van.csv").read_bytes())
    assert run.counts.errors == 118
    assert set(keys(run)) == {Code.REFERENCE_UNKNOWN}


def test_it_tells_what_a_list_changes_cell_by_cell():
    content = (COMMUNE / "cameras_dinh_van.csv").read_bytes()
    assert next(open_list(content).ids()) == "CAM-DV-0001"
    rows = {
        "CAM-DV-0001": {Column.RETENTION_DAYS: "30", Column.FUNDING: "community", Column.LATITUDE: "11.77174"},
        "CAM-DV-0002": {Column.RETENTION_DAYS: "7", Column.CONSENT: "given"},
    }
    run = dry_run(content, replace(KNOWN, rows=rows))
    assert [row.change for row in run.rows[:3]] == [Change.SAME, Change.CHANGED, Change.NEW]
    assert run.rows[1].cell_changes == (CellChange(Column.RETENTION_DAYS, "7", "30"),)
    assert (run.counts.new, run.counts.changed, run.counts.same, run.counts.eyes_to_add) == (116, 1, 1, 116)


@pytest.mark.parametrize(
    ("changes", "key", "severity"),
    [
        ({"owner": ""}, Code.REQUIRED, Severity.ERROR),
        ({"eyes": ""}, Code.REQUIRED, Severity.ERROR),
        ({"phone": "12"}, Code.PHONE_INVALID, Severity.ERROR),
        ({"phone": ""}, None, None),
        ({"address": "TDP Vô Danh"}, Code.GROUP_NOT_FOUND, Severity.ERROR),
        ({"address": "TT Đinh Văn"}, Code.GROUP_MISSING, Severity.ERROR),
        ({"consent": "Không"}, Code.CONSENT_REFUSED, Severity.QUESTION),
        ({"owner": "x" * 201}, Code.TOO_LONG, Severity.ERROR),
        ({"location": "Cổng\u200b chợ"}, None, None),
        ({"location": "Cổng sau, mật khẩu: hanoi123"}, Code.SECRET_REMOVED, Severity.FIXED),
    ],
)
def test_it_finds_one_thing_at_a_time(changes, key, severity):
    found = [(problem.key, problem.severity) for problem in problems_of(tried(household(**changes)))]
    assert found == ([(key, severity)] if key else [])


def test_it_lists_all_problems_of_a_row_at_once():
    run = tried(household(owner="", phone="1", eyes="0", location="", consent="", address="TDP 99"))
    assert set(keys(run)) == {
        Code.REQUIRED,
        Code.PHONE_INVALID,
        Code.NO_EYES,
        Code.NO_POSITION,
        Code.NO_CONSENT,
        Code.GROUP_NOT_FOUND,
    }


@pytest.mark.parametrize(
    "note",
    [
        "pass=hanoi123",
        "Mật khẩu : hanoi123",
        "mËt khÈu: hanoi123 hÖ thèng",
        "x" * 600 + " mk: hanoi123",
    ],
)
def test_it_never_shows_a_secret(note):
    header = [*HEADER, "Tài khoản xem", "Ghi chú", "Tọa độ"]
    rows = [[*household(location=note), "admin/hanoi123", note, note], ["", note]]
    run = tried(*rows, header=header)
    assert run.matches.dropped == ("Tài khoản xem",)
    assert [problem.key for problem in run.problems] == [Code.SECRETS_DROPPED]
    assert "hanoi123" not in repr(run)


def test_it_keeps_what_was_written_beside_what_it_means():
    row = tried(household(phone="912345678")).rows[0]
    assert (row.seen[Column.PHONE], row.values.several(Column.PHONE)) == ("912345678", ("0912345678",))


def test_it_takes_the_group_of_the_title_where_the_rows_name_none():
    title = [["DANH SÁCH CAMERA TỔ DÂN PHỐ MINH HỌA 10"], [], HEADER, household(address="Số 5 Trần Phú, TT Đinh Văn")]
    run = dry_run(comma_separated(title), KNOWN)
    assert keys(run) == [Code.GROUP_FROM_TITLE]
    assert problems_of(run)[0].proposal == "TDP Minh Họa 10"


def test_it_asks_about_a_position_far_from_the_group():
    header = [*HEADER, "Tọa độ"]
    near, far = [*household(stt="1"), "11.7730, 108.2210"], [*household(stt="2", owner="Hộ 2"), "11.8080, 108.2600"]
    run = tried(near, far, header=header)
    assert [(each.row, each.key, each.values["n"]) for each in problems_of(run)] == [(2, Code.OUTSIDE_GROUP, 5914)]


def test_it_asks_about_a_day_that_has_not_come():
    rows = [[*household(), "15/03/2026"]]
    run = tried(*rows, header=[*HEADER, "Ngày lắp"], known=replace(KNOWN, today=date(2026, 3, 14)))
    assert keys(run) == [Code.DAY_IN_FUTURE]


def test_it_asks_once_where_the_list_does_not_count_eyes():
    header = [*HEADER[:4], "Loại camera", *HEADER[5:]]
    rows = [household(stt=str(n), owner=f"Hộ {n}", eyes="IP") for n in (1, 2)]
    run = tried(*rows, header=header)
    assert ([each.key for each in run.problems], keys(run), run.counts.eyes_to_add) == ([Code.ONE_EYE_EACH], [], 2)
    assert not run.is_ready
    assert dry_run(comma_separated([header, *rows]), KNOWN, [run.problems[0].fix]).is_ready


def test_it_asks_once_about_a_file_in_an_old_font():
    text = "\n".join(";".join(row) for row in (HEADER, household(), household(stt="2", owner="Hộ Đỗ")))
    run = dry_run(in_tcvn3(text), KNOWN)
    assert [each.key for each in run.problems] == [Code.OLD_FONT]
    assert (keys(run), run.counts.valid, row_of(run, 2).drafts[0].owner) == ([], 2, "Hộ Đỗ")


def test_it_covers_the_same_question_of_all_rows_with_one_decision():
    rows = [household(stt=str(n), owner=f"Hộ {n}", consent="") for n in range(1, 6)]
    content = comma_separated([HEADER, *rows])
    assert dry_run(content, KNOWN).counts.questions == 5
    run = dry_run(content, KNOWN, [Decision(WHOLE_FILE, Column.CONSENT, Choice.AGREE)])
    assert (run.counts.valid, run.counts.eyes_waiting) == (5, 5)


def test_it_looks_again_at_a_value_that_a_person_gives():
    content = comma_separated([HEADER, household(phone="12")])
    run = dry_run(content, KNOWN, [Decision(1, Column.PHONE, Choice.REPLACE, "13")])
    assert keys(run) == [Code.PHONE_INVALID]
    run = dry_run(content, KNOWN, [Decision(1, Column.PHONE, Choice.REPLACE, "")])
    assert (run.rows[0].status, run.rows[0].drafts[0].phones) == (Status.VALID, ())


def test_it_takes_a_group_by_its_id_or_its_label():
    content = comma_separated([HEADER, household(address="TDP 99")])
    for value in ("DV-03", "TDP Minh Họa 2"):
        run = dry_run(content, KNOWN, [Decision(1, Column.GROUP_NAME, Choice.REPLACE, value)])
        assert run.rows[0].drafts[0].group_id == "DV-03"


def test_it_does_not_let_a_person_agree_to_an_error():
    run = dry_run(comma_separated([HEADER, household(eyes="0")]), KNOWN, [Decision(1, None, Choice.AGREE)])
    assert run.rows[0].status is Status.ERROR


def test_it_forgets_a_duplicate_when_the_first_one_is_left_out():
    content = comma_separated([HEADER, household(), household(stt="2")])
    assert dry_run(content, KNOWN).counts.questions == 1
    run = dry_run(content, KNOWN, [Decision(1, None, Choice.SKIP)])
    assert [row.status for row in run.rows] == [Status.SKIPPED, Status.VALID]


def test_it_refuses_two_rows_of_one_id():
    rows = rows_of(COMMUNE / "residential_groups.csv")
    run = dry_run(comma_separated([*rows, rows[1]]), KNOWN)
    assert [(each.row, each.key, each.values) for each in problems_of(run)] == [(23, Code.DUPLICATE_ID, {"n": 2})]


def test_it_lets_one_person_hold_two_roles():
    header, first, *_ = rows_of(DATA / "people_roles.csv")
    second = [*first[:2], "commander", *first[3:]]
    assert dry_run(comma_separated([header, first, second]), KNOWN).counts.valid == 2
    assert dry_run(comma_separated([header, first, first]), KNOWN).counts.errors == 1


def test_it_asks_about_words_it_does_not_know():
    header, first, *_ = rows_of(COMMUNE / "cameras_dinh_van.csv")
    row = [*first[:5], "Ngả ba", *first[6:12], "onvjf", *first[13:]]
    found = {
        each.column: (each.severity, each.suggestions)
        for each in problems_of(dry_run(comma_separated([header, row]), KNOWN))
    }
    assert found == {Column.WATCH_METHOD: (Severity.ERROR, ("onvif",))}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", Why.EMPTY),
        (b"\x00\x01\x02\x03" * 50, Why.NOT_A_TABLE),
        (b"a,b\n1,2\n", Why.NO_HEADER),
        (comma_separated([HEADER]), Why.NO_ROWS),
        ((DATA / "zalo_channels.csv").read_bytes(), Why.NO_HEADER),
    ],
)
def test_it_says_once_why_it_cannot_read_a_file(content, why):
    run = dry_run(content, KNOWN)
    assert [(each.row, each.key, each.severity) for each in run.problems] == [(WHOLE_FILE, why, Severity.ERROR)]
    assert (run.kind, run.rows, run.is_ready) == (None, (), False)


def test_it_reads_the_sheet_that_is_asked_for():
    first, second = [HEADER, household()], [HEADER, household(), household(stt="2", owner="Hộ 2")]
    content = workbook(first, [["Hướng dẫn"]], second)
    assert [len(dry_run(content, KNOWN, sheet=sheet).rows) for sheet in ("Sheet1", "Sheet3", "")] == [1, 2, 2]
    assert dry_run(content, KNOWN).other_sheets == ("Sheet1", "Sheet2")
    assert [each.key for each in dry_run(content, KNOWN, sheet="Không có").problems] == [Why.NO_SHEET]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("level", kinds.Level),
        ("location_kind", kinds.LocationKind),
        ("establishment_kind", kinds.EstablishmentKind),
        ("funding", kinds.Funding),
        ("qcvn135", kinds.Conformity),
        ("consent", kinds.Consent),
        ("watch_method", kinds.WatchMethod),
    ],
)
def test_it_has_a_word_for_each_value_of_the_inventory(name, values):
    assert set(word_list(name).values()) == {str(value) for value in values}
