"""What the virtual player takes for read on a page."""

from __future__ import annotations

from monitor.scenario.seeing import plain
from monitor.scenario.served_pages import text_of


def test_it_reads_what_is_shown() -> None:
    page = """<main><p>Vụ việc <b>SC-1</b><br>đang mở<p hidden>cũ <img> rồi</p><p>mới</p></main>
        <nav>DIỄN TẬP</nav><script>const x = "<p>";</script><dialog>hỏi</dialog> hết"""
    assert plain(text_of(page)) == "vụ việc sc-1 đang mở mới hết"


def test_it_compares_words_and_not_how_they_are_set() -> None:
    assert plain("CƯỚP\n  QUỸ") == plain("cu\u031bo\u031b\u0301p quỹ")
