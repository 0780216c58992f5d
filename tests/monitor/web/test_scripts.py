from __future__ import annotations

import pytest

from monitor.web.scripts import lean
from monitor.web.static_files import STATIC

SCRIPTS = sorted((STATIC / "js").glob("*.js"))


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("/** What it is.\n * @param {string} a */\nf(a);", "\n\nf(a);"),
        ("  f(); // because\n  // and so\n", "f();\n\n"),
        ("const at = /** @type {any} */ (event).at;", "const at = (event).at;"),
        ('go("https://a/b"); // "to b"', 'go("https://a/b"); // "to b"'),
        ("const way = `a // ${b} /* c */`;", "const way = `a // ${b} /* c */`;"),
    ],
)
def test_it_leaves_out_what_is_said_to_people_and_nothing_else(written: str, sent: str) -> None:
    assert lean(written) == sent


def test_it_leaves_every_line_of_code_where_it_was() -> None:
    for script in SCRIPTS:
        source = script.read_text("utf-8")
        written, sent = source.split("\n"), lean(source).split("\n")
        assert len(written) == len(sent), script.name
        for before, after in zip(written, sent, strict=True):
            assert after[:1] in before, f"{script.name}: {before}"
            assert after[-1:] in before, f"{script.name}: {before}"
    assert sum(len(lean(script.read_text("utf-8"))) for script in SCRIPTS) > 100_000
