from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from monitor.web.catalogue_reader import Catalogue

PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "alarm.acknowledge"
msgstr "Tiếp nhận"

msgid "age.seconds"
msgstr "{count} giây trước"

msgid "not.yet"
msgstr ""
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    (tmp_path / "vi.po").write_text(PO, encoding="utf-8")
    return Catalogue(tmp_path)


def test_it_finds_the_text_of_a_key(catalogue: Catalogue) -> None:
    assert catalogue.translate("vi", "alarm.acknowledge", {}) == "Tiếp nhận"


def test_it_fills_values_in(catalogue: Catalogue) -> None:
    assert catalogue.translate("vi", "age.seconds", {"count": 5}) == "5 giây trước"


def test_it_leaves_a_place_without_a_value(catalogue: Catalogue) -> None:
    assert catalogue.translate("vi", "age.seconds", {"other": 5}) == "{count} giây trước"


@pytest.mark.parametrize(("language", "key"), [("vi", "nobody.wrote.this"), ("vi", "not.yet"), ("en", "age.seconds")])
def test_it_shows_the_key_where_there_is_no_text(catalogue: Catalogue, language: str, key: str) -> None:
    assert catalogue.translate(language, key, {}) == key


def test_it_tells_once_of_a_missing_text(catalogue: Catalogue) -> None:
    with capture_logs() as logs:
        for _ in range(3):
            catalogue.translate("vi", "nobody.wrote.this", {})
    assert [log["key"] for log in logs] == ["nobody.wrote.this"]


def test_it_hands_all_words_to_the_browser(catalogue: Catalogue) -> None:
    assert set(catalogue.words("vi")) == {"alarm.acknowledge", "age.seconds"}
