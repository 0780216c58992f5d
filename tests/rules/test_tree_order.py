"""The listing of the folders, the contract, the docstring and the page tell one and the same order."""

import monitor
from tests.rules.source import ROOT, contracts, project, stages, text_of
from tests.rules.tree import PAGE, page_with_tree

ARROW = " → "


def test_it_flows_in_the_order_of_the_alphabet():
    layers = [layer for layer in contracts()["the flow"]["layers"] if layer in stages()]
    assert layers == sorted(stages(), reverse=True)


def test_it_says_the_same_order_at_the_top_of_the_package():
    assert ARROW.join(stages()) in (monitor.__doc__ or "")


def test_it_says_the_same_order_in_the_documentation():
    assert f"\n{ARROW.join(stages())}\n" in text_of(PAGE)


def test_it_lets_no_folder_out_of_the_flow():
    assert contracts()["the flow"]["exhaustive"] is True


def test_it_shows_the_tree_as_it_is():
    """Behind the files: ``.venv/bin/python -m tests.rules.tree``."""
    assert text_of(PAGE) == page_with_tree()


def test_it_ships_every_package():
    assert {path.name for path in ROOT.iterdir() if (path / "__init__.py").is_file()} - {"tests"} == set(
        project()["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    )
