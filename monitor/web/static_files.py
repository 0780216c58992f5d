"""Files for the browser: addresses that change with their content, icons put into the page."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

import structlog
from markupsafe import Markup
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
ICONS = STATIC / "vendor" / "icons"
_NAME = re.compile(r"[a-z0-9-]+")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LOG = structlog.get_logger(__name__)


class HashedFiles(StaticFiles):
    """What is asked for with the hash of its content never changes; anything else is asked for again each time."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC, check_dir=False, follow_symlink=False)

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        is_hashed = scope["query_string"].startswith(b"v=")
        if path.endswith("register.worker.js"):
            # A worker stands before the addresses below its own folder, unless its file says otherwise.
            response.headers["Service-Worker-Allowed"] = "/register"
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_hashed else "no-cache"
        return response


def static(path: str) -> str:
    """``/static/<path>?v=<hash>``; without the hash where there is no such file."""
    file = STATIC / path
    if not file.is_file():
        _LOG.warning("a page names a file that is not there", path=path)
        return f"/static/{path}"
    return f"/static/{path}?v={_digest(file, file.stat().st_mtime_ns)}"


@cache
def _digest(file: Path, _changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10]


@cache
def icon(name: str) -> Markup:
    """The icon's own drawing, hidden from screen readers: the words beside it say the same. Empty where missing."""
    file = ICONS / f"{name}.svg"
    if not _NAME.fullmatch(name) or not file.is_file():
        _LOG.warning("a page names an icon that is not there", icon=name)
        return Markup("")
    drawing = _COMMENT.sub("", file.read_text("utf-8")).strip()
    # Shipped with the product, not written by anybody outside.
    return Markup(drawing.replace("<svg", '<svg aria-hidden="true" focusable="false"', 1))  # noqa: S704
