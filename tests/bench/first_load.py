"""What a browser loads for a page it has never seen, packed, in bytes: `python -m tests.bench.first_load`."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from starlette.testclient import TestClient

from monitor.journal.accounts import Role
from monitor.web.api import create_app
from monitor.web.scripts import lean
from monitor.web.static_files import STATIC
from tests.monitor.web.post import Post

PAGES = ("/", "/wall", "/system")
# What the first ring needs is there before it; what is imported later is not waited for.
STATIC_IMPORT, LATER_IMPORT = r'from "\./([\w.]+)"', r'\bimport\("\./([\w.]+)"\)'
PACKED = {"Accept-Encoding": "gzip"}
# The third one is for other languages, and no page of ours asks for it.
FONTS = ("inter-latin.woff2", "inter-vietnamese.woff2")


def measure_first_load() -> Mapping[str, Mapping[str, int]]:
    with tempfile.TemporaryDirectory(prefix="chuong-bench-") as folder:
        post = Post(Path(folder))
        with closing(post.store):
            browser = TestClient(create_app(post, post.feed))
            browser.headers["Authorization"] = f"Bearer {post.token(Role.ADMINISTRATOR)}"
            return {page: _loaded(browser, page) for page in PAGES}


def _loaded(browser: TestClient, page: str) -> Mapping[str, int]:
    text = browser.get(page, headers=PACKED).text
    sheets = set(re.findall(r"/static/(css/[\w]+\.css)", text))
    modules, later = set[str](), set[str]()
    for entry in re.findall(r"/static/js/([\w]+\.js)\?", text):
        _gather(entry, modules, STATIC_IMPORT)
        _gather(entry, later, f"{STATIC_IMPORT}|{LATER_IMPORT}")
    sizes = {
        "html": _size(browser, page),
        "css": sum(_size(browser, f"/static/{sheet}") for sheet in sheets),
        "js": sum(_size(browser, f"/static/js/{module}") for module in modules),
        "fonts": sum((STATIC / "vendor" / "fonts" / font).stat().st_size for font in FONTS),
    }
    afterwards = sum(_size(browser, f"/static/js/{module}") for module in later - modules)
    return {**sizes, "all": sum(sizes.values()), "js_afterwards": afterwards}


def _gather(name: str, modules: set[str], imported: str) -> None:
    if name in modules:
        return
    modules.add(name)
    for found in re.finditer(imported, lean((STATIC / "js" / name).read_text("utf-8"))):
        _gather(next(filter(None, found.groups())), modules, imported)


def _size(browser: TestClient, address: str) -> int:
    answer = browser.get(address, headers=PACKED)
    return int(answer.headers["content-length"])


if __name__ == "__main__":
    print(json.dumps(measure_first_load()))
