"""One app for the tests of a worker, with whichever post stands behind it: to put its routes together takes a third of
a second, longer than most tests. What the app itself remembers from test to test is given in ``REMEMBERS``."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from fastapi import FastAPI

from monitor.settings import Settings
from monitor.web.api import create_app
from monitor.web.live import Feed
from monitor.web.ports import Desk
from tests.monitor.web.post import Post

# Log-ins that failed, previews of imports, a day's reports, calls by the minute: their tests have their own app.
REMEMBERS = ("test_login", "test_imports", "test_import_answers", "test_group_pages", "test_coverage", "test_zalo_hook")


class _Whoever:
    """Hands everything on to whoever stands there now."""

    who: object = None

    def __getattr__(self, name: str) -> Any:
        if self.who is not None:
            return getattr(self.who, name)

        def asked_later(*args: Any, **kwargs: Any) -> Any:
            return getattr(self.who, name)(*args, **kwargs)

        return asked_later


class _Desk(_Whoever):
    settings = Settings(post_name="Công an phường")


@cache
def _made() -> tuple[FastAPI, _Desk, _Whoever]:
    desk, feed = _Desk(), _Whoever()
    app = create_app(cast("Desk", desk), cast("Feed", feed))
    return app, desk, feed


def app_of(post: Post) -> FastAPI:
    """Until it is asked for another post."""
    app, desk, feed = _made()
    desk.who, feed.who, desk.settings = post, post.feed, post.settings
    return app
