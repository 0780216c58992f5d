from __future__ import annotations

import unicodedata

import pytest

from monitor.inventory.spreadsheets.known import KnownGroup
from monitor.inventory.spreadsheets.names import GroupNames, mention_of, tone_key
from monitor.inventory.spreadsheets.nearness import distance, nearest
from monitor.inventory.spreadsheets.problems import Code, Severity

HERE = ("Thị trấn Đinh Văn", "Xã Đinh Văn Lâm Hà")
GROUPS = (
    KnownGroup(id="DV-01", name="Tổ dân phố Gia Thạnh", area_names=HERE),
    KnownGroup(id="DV-02", name="Tổ dân phố Minh Họa 1", area_names=HERE),
    KnownGroup(id="DV-11", name="Tổ dân phố Minh Họa 10", area_names=HERE),
    KnownGroup(id="DV-30", name="Tổ dân phố 5", area_names=HERE),
    KnownGroup(id="DV-31", name="Thôn 5", area_names=HERE),
    KnownGroup(id="DV-32", name="Thôn Hòa Bình", area_names=HERE),
    KnownGroup(id="NB-01", name="Tổ dân phố Minh Họa 1", area_names=("Thị trấn Nam Ban",)),
)
NAMES = GroupNames(GROUPS)


@pytest.mark.parametrize(
    ("text", "group_id"),
    [
        ("DV-01", "DV-01"),
        ("Tổ dân phố Gia Thạnh", "DV-01"),
        ("TDP Gia Thạnh, TT Đinh Văn", "DV-01"),
        ("TDP. GIA THẠNH", "DV-01"),
        ("Gia Thạnh", "DV-01"),
        (unicodedata.normalize("NFD", "TDP Gia Thạnh, TT Đinh Văn"), "DV-01"),
        ("12 Trần Phú, TDP Gia Thạnh, Đinh Văn", "DV-01"),
        ("Số 12 đường Trần Phú TDP Gia Thạnh", "DV-01"),
        ("TDP Minh Họa 1, TT Đinh Văn", "DV-02"),
        ("TDP Minh Họa 01, xã Đinh Văn Lâm Hà", "DV-02"),
        ("TDP Minh Họa 1 - TT Nam Ban", "NB-01"),
        ("TDP Minh Họa 10", "DV-11"),
        ("Tổ dân phố số 5", "DV-30"),
        ("TDP5", "DV-30"),
        ("Thôn 5", "DV-31"),
        ("thôn Hoà Bình", "DV-32"),
    ],
)
def test_it_finds_the_group_that_is_meant(text, group_id):
    match = NAMES.match(text)
    assert (match.group.id, match.finding) == (group_id, None)


def test_it_puts_back_the_marks_of_a_name():
    match = NAMES.match("tdp gia thanh, dinh van")
    assert match.group.id == "DV-01"
    assert (match.finding.severity, match.finding.values) == (
        Severity.FIXED,
        {"x": "tdp gia thanh", "y": "TDP Gia Thạnh"},
    )


def test_it_asks_about_a_slip():
    match = NAMES.match("TDP Gia Thạch, TT Đinh Văn")
    assert (match.group.id, match.finding.severity) == ("DV-01", Severity.QUESTION)
    assert match.finding.values == {"x": "Gia Thạch", "y": "Gia Thạnh"}
    assert match.finding.suggestions == ("TDP Gia Thạnh",)


def test_it_never_guesses_between_two_groups_of_one_name():
    match = NAMES.match("TDP Minh Họa 1")
    assert (match.group, match.finding.severity) == (None, Severity.ERROR)
    assert match.finding.suggestions == ("TDP Minh Họa 1, Thị trấn Đinh Văn", "TDP Minh Họa 1, Thị trấn Nam Ban")
    assert [NAMES.match(suggestion).group.id for suggestion in match.finding.suggestions] == ["DV-02", "NB-01"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("TDP 99", Code.GROUP_NOT_FOUND),
        ("TDP Minh Họa 2", Code.GROUP_NOT_FOUND),
        ("12 Trần Phú, TT Đinh Văn, Lâm Đồng", Code.GROUP_MISSING),
        ("TT Đinh Văn", Code.GROUP_MISSING),
        ("Khu phố Gia Thạnh", Code.GROUP_UNKNOWN),
        ("TDP Gia Thạnh, TT Nam Ban", Code.OTHER_COMMUNE),
    ],
)
def test_it_says_what_is_wrong_with_a_name(text, code):
    assert NAMES.match(text).finding.code is code


def test_it_reads_the_group_in_a_title():
    assert NAMES.in_title(["DANH SÁCH", "CAMERA TỔ DÂN PHỐ MINH HỌA 10 (2026)"]).id == "DV-11"
    assert NAMES.in_title(["DANH SÁCH CAMERA"]) is None


def test_it_takes_the_kind_from_a_name_and_nothing_from_other_words():
    assert mention_of("TDP số 05").bare == "05"
    assert (mention_of("Bàn Thạch").kind, mention_of("Bản Thạch").kind) == ("", "ban")


def test_it_knows_two_ways_to_write_one_name():
    assert tone_key("Hoà Bình 02") == tone_key("HÒA  bình 2")
    assert tone_key("Bình Thạnh") != tone_key("Bình Thành")


def test_it_measures_how_near_two_names_are():
    assert [distance("gia thach", other, 2) for other in ("gia thach", "gia thanh", "gai thach", "minh hoa")] == [
        0,
        1,
        1,
        3,
    ]
    assert nearest("gia thach 2", ["gia thanh 1", "gia thanh 2", "gia thanh"], most=3) == ("gia thanh 2",)
