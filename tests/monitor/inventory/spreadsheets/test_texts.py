from __future__ import annotations

import pytest

from monitor.inventory.spreadsheets.syllables import share_of_vietnamese
from monitor.inventory.spreadsheets.tcvn3 import convert, is_all_tcvn3, looks_like_tcvn3
from monitor.inventory.spreadsheets.texts import decode
from tests.monitor.inventory.spreadsheets.old_encodings import in_cp1258, in_tcvn3

SENTENCE = "STT,Tên chủ hộ,Địa chỉ\r\n1,Hộ minh họa,Tổ dân phố Gia Thạnh – thị trấn Đinh Văn\r\n".replace("–", "-")


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (SENTENCE.encode(), "utf-8"),
        (SENTENCE.encode("utf-8-sig"), "utf-8"),
        (SENTENCE.encode("utf-16"), "utf-16-le"),
        (b"\xfe\xff" + SENTENCE.encode("utf-16-be"), "utf-16-be"),
        (SENTENCE.encode("utf-16-le"), "utf-16-le"),
        (in_cp1258(SENTENCE), "cp1258"),
        (in_tcvn3(SENTENCE), "tcvn3"),
    ],
)
def test_it_reads_what_offices_save(content, encoding):
    text = decode(content)
    assert (text.content, text.encoding) == (SENTENCE, encoding)


@pytest.mark.parametrize("content", [bytes(range(256)), b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", b"\x89\x90\x9d" * 40])
def test_it_refuses_what_is_no_text(content):
    assert decode(content) is None


def test_it_converts_the_letters_of_old_fonts():
    assert convert("Hé minh häa") == "Hộ minh họa"
    assert convert("§inh V¨n, thÞ trÊn") == "Đinh Văn, thị trấn"


@pytest.mark.parametrize("text", ["Hé minh häa 14", "TDP Gia Th¹nh", "Ng· ba ®­êng sè 2"])
def test_it_sees_old_letters(text):
    assert looks_like_tcvn3(text)


@pytest.mark.parametrize(
    "text", ["Hộ minh họa", "Hé minh", "10 m²", "góc 90°", "Hãng A®", "3×4", "Café Müller", "plain", "", "§ 5"]
)
def test_it_leaves_other_texts_alone(text):
    assert not looks_like_tcvn3(text)


def test_it_tells_a_whole_old_sheet_from_one_old_cell():
    assert is_all_tcvn3(["Tªn chñ hé", "SDT", "Cã", "Hé minh häa", "TDP Gia Th¹nh"])
    assert not is_all_tcvn3(["Tên chủ hộ", "Hé minh häa", "TDP Gia Th¹nh"])


def test_it_measures_how_vietnamese_a_text_is():
    assert share_of_vietnamese("Điểm hay xảy ra tai nạn, khuỷu đường, nghiêng") == 1
    assert share_of_vietnamese("Größe cà") == 0.5
    assert share_of_vietnamese("nothing marked") == 1
