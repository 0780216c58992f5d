"""What the virtual player takes for read on a page."""

from __future__ import annotations

from pathlib import Path

from monitor.scenario.running import run
from monitor.scenario.seeing import plain
from monitor.scenario.served_pages import text_of


def test_it_reads_what_is_shown() -> None:
    page = """<main><p>Vụ việc <b>SC-1</b><br>đang mở<p hidden>cũ <img> rồi</p><p>mới</p></main>
        <nav>DIỄN TẬP</nav><script>const x = "<p>";</script><dialog>hỏi</dialog> hết"""
    assert plain(text_of(page)) == "vụ việc sc-1 đang mở mới hết"


def test_it_compares_words_and_not_how_they_are_set() -> None:
    assert plain("CƯỚP\n  QUỸ") == plain("cu\u031bo\u031b\u0301p quỹ")


STORY = """\
[scenario]
id = "no-such-page"
title_vi = "Không có trang này"

[[want]]
within = ["PT1S", "PT2S"]
screen = { text = "gì cũng được", page = "/no-such-page", is_shown = false }

[[want]]
within = ["PT1S", "PT2S"]
screen = { text = "chưa ai viết câu này", page = "/incidents", is_shown = false }
"""


def test_it_finds_nothing_missing_on_a_page_that_is_not_there(tmp_path: Path) -> None:
    file = tmp_path / "story.toml"
    file.write_text(STORY, encoding="utf-8")
    there_is_none, there_is_one, *_ = run(file, "virtual", None, lambda _line: None).verdicts
    assert (there_is_none.is_met, there_is_none.seen) == (False, "/no-such-page: answered with 404")
    assert there_is_one.is_met
