"""README.md and the manual pages: what they say to type works, in order, and shows what they show."""

import os
from pathlib import Path

import pytest

from documents import Block, blocks, hidden_commands, matches
from installed import BUILD, SOURCE
from newcomer import Newcomer
from sanitized import SANITIZED

MANUAL = sorted(
    path for folder in ("server", "client", "config", "systemd") for path in (SOURCE / folder).rglob("*.scd")
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
        if block.marks.keys() - {"name"}:
            assert block.text.startswith("$ "), f"{block.place}: marks are for dialogues"


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


REPORT = "$ printf 'errors  %s\\nmissed  p99<1us\\n\\nINVALID: slow\\n  - why\\n'; (exit %d)\n"


def test_a_busy_machine_excuses_verdicts_and_nothing_else(tmp_path):
    def report(errors, code):
        text = REPORT % (errors, code) + "errors  none\n…\nas expected  p99<1us\n"
        return Block("page:1", "dialogue", text, {"figures": ""})

    with Newcomer(tmp_path) as newcomer:
        with pytest.warns(UserWarning, match="page:1: .* too busy"):
            newcomer.follow(report("none", 4))
        for errors, code in (("3", 4), ("none", 1)):
            with pytest.raises(AssertionError, match="^page:1: "):
                newcomer.follow(report(errors, code))


def test_a_late_answer_is_asked_for_again(tmp_path):
    late = "echo 'echoline ask: no complete reply from it within 1s'"
    text = f"$ if test -e asked; then echo +PONG; else touch asked; {late}; fi\n+PONG\n"
    with Newcomer(tmp_path) as newcomer:
        newcomer.follow(Block("page:1", "dialogue", text))


def test_the_place_of_a_pasted_command_that_fails_is_told(tmp_path):
    with Newcomer(tmp_path) as newcomer:
        with pytest.raises(AssertionError, match="^page:1: the shell has ended"):
            newcomer.follow(Block("page:1", "paste", "false\ntrue\n"))
