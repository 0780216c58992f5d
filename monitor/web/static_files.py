"""Files for the browser: addresses that change with their content, icons put into the page."""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import cache
from mimetypes import guess_type
from pathlib import Path
from stat import S_ISREG

import structlog
from markupsafe import Markup
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from monitor.web.scripts import lean

STATIC = Path(__file__).parent / "static"
ICONS = STATIC / "vendor" / "icons"
_NAME = re.compile(r"[a-z0-9-]+")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# Fonts and pictures are packed already.
_PACKS = (".js", ".css", ".svg")
_LEVEL = 6
_LOG = structlog.get_logger(__name__)


def packed(response: Response, accepts: str) -> None:
    """For a browser that can unpack it: over a bad radio link it is there in a fifth of the time."""
    if "gzip" not in accepts:
        return
    response.body = gzip.compress(bytes(response.body), _LEVEL, mtime=0)
    response.headers["Content-Length"] = str(len(response.body))
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"


class HashedFiles(StaticFiles):
    """What is asked for with the hash of its content never changes; anything else is asked for again each time."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC, check_dir=False, follow_symlink=False)

    async def get_response(self, path: str, scope: Scope) -> Response:
        is_hashed = scope["query_string"].startswith(b"v=")
        response = self._packed(path, scope) or await super().get_response(path, scope)
        if path.endswith("register.worker.js"):
            # A worker stands before the addresses below its own folder, unless its file says otherwise.
            response.headers["Service-Worker-Allowed"] = "/register"
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_hashed else "no-cache"
        return response

    def _packed(self, path: str, scope: Scope) -> Response | None:
        """The file packed, once for all who ask; None where it is asked for otherwise, or is no such file."""
        accepts = Headers(scope=scope).get("accept-encoding", "")
        found, stat = self.lookup_path(path)
        if "gzip" not in accepts or scope["method"] != "GET" or not path.endswith(_PACKS) or stat is None:
            return None
        if not S_ISREG(stat.st_mode):
            return None
        body, tag = _packed_file(Path(found), stat.st_mtime_ns)
        headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding", "ETag": tag}
        if Headers(scope=scope).get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(body, media_type=guess_type(path)[0], headers=headers)


@cache
def _packed_file(file: Path, _changed: int) -> tuple[bytes, str]:
    content = file.read_bytes()
    if file.suffix == ".js":
        content = lean(content.decode("utf-8")).encode()
    return gzip.compress(content, 9, mtime=0), f'"{hashlib.sha256(content).hexdigest()[:16]}-gz"'


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
