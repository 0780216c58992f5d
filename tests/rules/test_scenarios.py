"""``docs/scenarios.md`` tells the stories there are, and there are enough of them."""

from tests.rules.scenarios import PAGE, page_with_library, stories
from tests.rules.source import text_of


def test_it_tells_the_stories_as_they_are():
    assert text_of(PAGE) == page_with_library(), "run .venv/bin/python -m tests.rules.scenarios"


def test_it_has_a_library():
    assert len(stories()) >= 25
