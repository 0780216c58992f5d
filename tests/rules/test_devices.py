"""``docs/devices.md`` shows the families there are."""

from device_adapters.core.registry import adapters
from tests.rules.devices import PAGE, page_with_table
from tests.rules.source import text_of


def test_it_shows_the_families_as_they_are():
    assert text_of(PAGE) == page_with_table(), "run .venv/bin/python -m tests.rules.devices"


def test_it_says_how_to_register_a_device_of_each_family():
    page = text_of(PAGE).partition("## How to register")[2]
    assert [name for name in adapters() if f"| `{name}` |" not in page] == []
