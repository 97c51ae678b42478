"""README.md and the manual pages: what they say to type works, in order, and shows what they show."""

import os
from pathlib import Path

import pytest

from documents import blocks, hidden_commands, matches
from installed import BUILD, SOURCE
from newcomer import Newcomer
from sanitized import SANITIZED

MANUAL = sorted(
    path for folder in ("server", "client", "config") for path in (SOURCE / folder).rglob("*.scd")
)
DOCUMENTS = [SOURCE / "README.md", *MANUAL]
LABELS = {"paste", "dialogue", "booted", "file", "booted file", "not run"}


def name(path):
    return path.name


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_block_says_how_it_is_executed(document):
    assert hidden_commands(document) == []
    assert [block.place for block in blocks(document) if block.label not in LABELS] == []
    for block in blocks(document):
        if block.label == "not run":
            assert block.text == "tests/run\n", block.place


@pytest.mark.skipif(SANITIZED, reason="NOT RUN, it is the same under sanitizers")
@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_what_it_says_to_type_works_and_shows_what_it_shows(document, clone, own_network):
    steps = [block for block in blocks(document) if block.label in ("paste", "dialogue", "file")]
    path = os.environ["PATH"]
    if document in MANUAL:  # whose reader has the programs installed
        path = f"{BUILD}/server:{BUILD}/client:{path}"
    with Newcomer(clone, environment={"PATH": path}) as newcomer:
        for block in steps:
            if block.label == "file":
                Path(clone, block.marks["name"]).write_text(block.text)
            else:
                newcomer.follow(block)


@pytest.mark.parametrize(
    "shown, printed, agrees",
    [
        (["+PONG"], "+PONG\n", True),
        (["+PONG"], "+PONG\nmore\n", False),
        (["a … c"], "a b b c\n", True),
        (["first", "…", "last"], "first\nsecond\nthird\nlast\n", True),
        (["3 sent"], "4 sent\n", False),
    ],
)
def test_what_is_shown_is_compared(shown, printed, agrees):
    assert matches(shown, printed) == agrees


@pytest.mark.parametrize(
    "shown, printed, agrees",
    [
        ("time=0.144 ms", "time=12.3 µs\n", True),
        ("time=0.144 ms", "time=12.3 µs, lost\n", False),
        ("< 30 µs   ███▌   9.57 %", "< 1 ms  ▎ 0.1 %\n", True),
        ("errors none", "errors 3\n", False),
    ],
)
def test_figures_are_compared_by_their_form(shown, printed, agrees):
    assert matches([shown], printed, figures=True) == agrees
