from __future__ import annotations

import pytest

from monitor.inventory.spreadsheets.cells import read_sheets
from monitor.inventory.spreadsheets.columns import Column, Headers, Kind, is_secret
from monitor.inventory.spreadsheets.header import Header, find_header
from tests.monitor.inventory.spreadsheets.workbooks import (
    COMMUNE,
    DATA,
    THIRTY,
    comma_separated,
    rows_of,
    thirty_rows_as_workbook,
    workbook,
)


def header_of(content: bytes) -> Header | None:
    return find_header(read_sheets(content)[0])


def matched(*headers: str) -> dict[str, Column]:
    matches = Headers([(header,) for header in headers]).match(Kind.HOUSEHOLDS)
    return {match.header: match.column for match in matches.matched}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (DATA / "areas_versioned.csv", Kind.AREAS),
        (COMMUNE / "residential_groups.csv", Kind.GROUPS),
        (COMMUNE / "cameras_dinh_van.csv", Kind.CAMERAS),
        (COMMUNE / "cameras_high_mast.csv", Kind.CAMERAS),
        (COMMUNE / "alarm_bells.csv", Kind.BELLS),
        (DATA / "people_roles.csv", Kind.PEOPLE),
        (THIRTY, Kind.HOUSEHOLDS),
    ],
    ids=lambda value: str(getattr(value, "stem", value)),
)
def test_it_knows_the_kind_of_a_list_and_every_column(path, kind):
    header = header_of(path.read_bytes())
    assert (header.kind, header.lines, header.matches.unmatched) == (kind, (1,), ())
    assert len(header.matches.matched) == len(rows_of(path)[0])


@pytest.mark.parametrize("name", ["zalo_channels", "district_rollup_lam_ha", "three_layer_an_khe"])
def test_it_takes_no_other_table_for_one_of_its_own(name):
    assert header_of((DATA / f"{name}.csv").read_bytes()) is None


def test_it_finds_a_header_of_two_rows_below_motto_and_title():
    header = header_of(thirty_rows_as_workbook())
    assert (header.lines, len(header.matches.matched)) == ((7, 8), 15)
    assert "DANH SÁCH CAMERA AN NINH TỔ DÂN PHỐ GIA THẠNH (MINH HỌA)" in header.above


def test_it_reads_merged_cells_of_a_header_downwards_and_sideways():
    upper = ["STT", "Chủ hộ", "SĐT", "Camera", None, None]
    lower = [None, None, None, "Số lượng", "Loại", "Vị trí"]
    header = header_of(workbook([upper, lower, [1, "Hộ 1", "0912345678", 1, "IP", "Ngã ba"]]))
    assert [match.column for match in header.matches.matched] == [
        Column.ORDINAL,
        Column.OWNER,
        Column.PHONE,
        Column.EYES,
        Column.CAMERA_TYPE,
        Column.LOCATION,
    ]


def test_it_does_not_take_the_first_row_of_data_into_the_header():
    header = header_of(
        comma_separated([["STT", "Chủ hộ", "Số mắt", "Đầu ghi", "SĐT"], ["1", "Hộ 1", "2", "Đầu ghi", ""]])
    )
    assert header.lines == (1,)


@pytest.mark.parametrize(
    ("written", "column"),
    [
        ("TÊN CHỦ HỘ / ĐƠN VỊ", Column.OWNER),
        ("Ten chu ho", Column.OWNER),
        ("Họ và tên chủ hộ gia đình", Column.OWNER),
        ("Số  ĐT", Column.PHONE),
        ("Số lượng (mắt)", Column.EYES),
        ("Thời gian lưu trữ dữ liệu", Column.RETENTION_DAYS),
        ("Nguồn vốn", Column.FUNDING),
        ("Toạ độ GPS", Column.COORDINATES),
        ("Đồng ý\ncung cấp dữ liệu", Column.CONSENT),
    ],
)
def test_it_matches_what_people_call_a_column(written, column):
    assert matched(written) == {written: column}


def test_it_gives_a_meaning_to_one_column_only_and_lists_the_rest():
    matches = Headers([("Địa chỉ",), ("Địa chỉ IP",), ("Màu sơn",)]).match(Kind.HOUSEHOLDS)
    assert [match.header for match in matches.matched] == ["Địa chỉ"]
    assert matches.unmatched == ("Địa chỉ IP", "Màu sơn")


@pytest.mark.parametrize("header", ["Mật khẩu", "MK", "Tài khoản xem", "User/Pass", "password (wifi)", "mat khau cam"])
def test_it_drops_columns_of_secrets(header):
    assert is_secret(header)
    assert Headers([(header,)]).match(Kind.HOUSEHOLDS).dropped == (header,)


def test_it_takes_no_ordinary_column_for_a_secret():
    assert not any(map(is_secret, rows_of(THIRTY)[0]))
