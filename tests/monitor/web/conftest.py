from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from monitor.journal.accounts import Role
from monitor.web.api import create_app
from tests.monitor.web.one_app import REMEMBERS, app_of
from tests.monitor.web.post import Post
from tests.monitor.web.walk.country import Country


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    post = Post(tmp_path)
    yield post
    post.store.close()


@pytest.fixture
def country(tmp_path: Path) -> Iterator[Country]:
    country = Country(tmp_path)
    yield country
    country.close()


@pytest.fixture
def stranger(post: Post, request: pytest.FixtureRequest) -> Iterator[TestClient]:
    """A browser that nobody has signed in with."""
    needs_own = request.module.__name__.rpartition(".")[2] in REMEMBERS
    app = create_app(post, post.feed) if needs_own else app_of(post)
    with TestClient(app, follow_redirects=False) as client:
        yield client


@pytest.fixture
def officer(post: Post, stranger: TestClient) -> TestClient:
    """A program with a duty officer's bearer token."""
    stranger.headers["Authorization"] = f"Bearer {post.token(Role.DUTY_OFFICER)}"
    return stranger


@pytest.fixture
def operator(post: Post, stranger: TestClient) -> TestClient:
    stranger.headers["Authorization"] = f"Bearer {post.token(Role.OPERATOR)}"
    return stranger


@pytest.fixture
def reader(post: Post, stranger: TestClient) -> TestClient:
    stranger.headers["Authorization"] = f"Bearer {post.token(Role.READER)}"
    return stranger
