from __future__ import annotations

import json
import re

from starlette.testclient import TestClient

from monitor.web.catalogue_reader import Catalogue
from monitor.web.page_words import words_of

ALL = Catalogue().words("vi")


def test_it_sends_the_words_of_its_own_modules_and_of_what_they_import() -> None:
    told = words_of("system.html", ALL)
    assert {"system.rate", "system.screen.desk", "fault.cause.link", "alarm.kind.hold_up"} <= told.keys()
    assert "import.done.title" not in told
    assert len(told) < len(ALL) / 3


def test_it_packs_pages_and_files_for_who_can_unpack_them(reader: TestClient) -> None:
    page = reader.get("/", headers={"Accept-Encoding": "gzip"})
    assert page.headers["content-encoding"] == "gzip"
    words = re.search(r'id="catalogue">(.*?)</script>', page.text, re.DOTALL)
    assert words
    assert "alarm.silent" in json.loads(words[1])
    script = reader.get("/static/js/desk.js", headers={"Accept-Encoding": "gzip"})
    assert script.headers["content-encoding"] == "gzip"
    assert script.headers["content-type"].startswith("text/javascript")
    assert "class Desk" in script.text
    known = {"Accept-Encoding": "gzip", "If-None-Match": script.headers["etag"]}
    again = reader.get("/static/js/desk.js", headers=known)
    assert again.status_code == 304
    plain = reader.get("/static/js/desk.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
