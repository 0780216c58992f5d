"""Whatever is dropped on the page, an answer comes back."""

from __future__ import annotations

import io
import zipfile

from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.inventory.spreadsheets.cells import Unreadable, read_sheets
from monitor.inventory.spreadsheets.columns import Column
from monitor.inventory.spreadsheets.dry_run import dry_run
from monitor.inventory.spreadsheets.problems import Choice, Decision, Severity
from tests.monitor.inventory.spreadsheets.demo_commune import HEADER, KNOWN, household
from tests.monitor.inventory.spreadsheets.workbooks import THIRTY, comma_separated, workbook

BOOK = workbook([HEADER, household()])
LIST = THIRTY.read_bytes()
SLOWLY = settings(deadline=None, max_examples=40)
CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)


def answers(content: bytes) -> None:
    run = dry_run(content, KNOWN)
    if run.kind is None:
        assert [problem.severity for problem in run.problems] == [Severity.ERROR]


@SLOWLY
@given(st.binary(max_size=400))
@example(b"PK\x03\x04")
@example(b"\xff\xfe\x00")
@example(b'"')
@example(b"\xd0\xcf\x11\xe0")
def test_it_answers_to_any_bytes(content):
    answers(content)


@SLOWLY
@given(st.integers(0, len(LIST)), st.binary(max_size=6))
def test_it_answers_to_a_list_with_a_scratch(at, scratch):
    answers(LIST[:at] + scratch + LIST[at + len(scratch) :])


@SLOWLY
@given(st.integers(0, len(BOOK)), st.binary(min_size=1, max_size=6))
def test_it_answers_to_a_workbook_with_a_scratch(at, scratch):
    answers(BOOK[:at] + scratch + BOOK[at + len(scratch) :])


@SLOWLY
@given(st.data())
def test_it_answers_to_a_workbook_with_scratched_sheets(data):
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BOOK)) as source, zipfile.ZipFile(buffer, "w") as target:
        spoilt = data.draw(st.sampled_from(source.namelist()))
        for name in source.namelist():
            part = source.read(name)
            if name == spoilt:
                at = data.draw(st.integers(0, len(part)))
                part = part[:at] + data.draw(st.binary(max_size=8)) + part[at + data.draw(st.integers(0, 8)) :]
            target.writestr(name, part)
    answers(buffer.getvalue())


@SLOWLY
@given(st.lists(st.tuples(*[CELL] * len(HEADER)), max_size=5))
def test_it_reports_every_row_or_says_why_not(rows):
    content = comma_separated([HEADER, household(stt="1"), *rows])
    run = dry_run(content, KNOWN)
    try:
        lines = {row.line for row in read_sheets(content)[0].rows} - {1}
    except Unreadable:
        lines = set()
    assert {row.line for row in run.rows} | {skipped.line for skipped in run.skipped} == lines


DECISIONS = st.builds(Decision, st.integers(0, 31), st.none() | st.sampled_from(Column), st.sampled_from(Choice), CELL)


@SLOWLY
@given(st.lists(DECISIONS, max_size=4))
def test_it_answers_to_any_decision(decisions):
    dry_run(LIST, KNOWN, decisions)
