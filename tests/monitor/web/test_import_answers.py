"""Answers to a list are bounded: by its rows, by how many speak for all that are alike, by what is kept."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from monitor.errors import Refusal
from monitor.inventory.spreadsheets.columns import Column
from monitor.inventory.spreadsheets.problems import Choice, Decision
from tests.monitor.inventory.imports import lists
from tests.monitor.inventory.spreadsheets.workbooks import THIRTY
from tests.monitor.web.commune import load_commune
from tests.monitor.web.post import Post
from tests.monitor.web.test_imports import IMPORTS, bring


@pytest.fixture(autouse=True)
def commune(post: Post) -> None:
    load_commune(post)


def answered(client: TestClient, *decisions: dict[str, Any]) -> Any:
    run = bring(client, THIRTY.read_bytes())
    return client.post(f"{IMPORTS}/{run['id']}/decisions", json={"decisions": decisions})


def test_it_takes_no_answer_to_a_row_the_list_has_not(operator: TestClient) -> None:
    answer = answered(operator, {"row": 30, "choice": "skip"}, {"row": 31, "choice": "skip"})
    assert (answer.status_code, answer.json()["message"]) == (409, "the list has no row 31")


def test_it_takes_few_answers_that_speak_for_all_that_are_alike(operator: TestClient) -> None:
    for_all = {"row": 20, "choice": "agree", "also_alike": "group_name", "key": "import.group_not_found"}
    assert answered(operator, *[for_all] * 20).status_code == 200
    assert answered(operator, *[for_all] * 21).status_code == 422


def test_it_keeps_no_more_answers_than_a_file_is_long(post: Post) -> None:
    batch_id = lists.bring(post.store, THIRTY.read_bytes())
    many = [Decision(row, column, Choice.REPLACE, "x" * 500) for row in range(1, 300) for column in Column]
    with pytest.raises(Refusal, match="too many answers"):
        lists.answer(post.store, batch_id, many)
    assert lists.look(post.store, batch_id)[0].decisions == ()
