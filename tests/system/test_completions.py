"""What the shells offer: every option that there is, and none that there is not."""

import re
import subprocess

import pytest

from command_line_help import SUBCOMMANDS, options
from daemon import EVERY_PROTOCOL
from installed import SOURCE

FOLDERS = {"echolined": "server", "echoline": "client"}


def source(name, program):
    return (SOURCE / FOLDERS[program] / "completions" / name).read_text()


def bash_offers(program, *words):
    """What bash offers after these words, the last of which is being typed."""
    file = SOURCE / FOLDERS[program] / "completions" / f"{program}.bash"
    script = f"""
        compopt() {{ :; }}
        source {file}
        COMP_WORDS=({program} {' '.join(repr(word) for word in words)}) COMP_CWORD={len(words)}
        _{program}
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, text=True, check=True)
    return set(done.stdout.split())


COMMAND_LINES = ["echolined", "echoline", *(f"echoline {name}" for name in SUBCOMMANDS)]


@pytest.mark.parametrize("command_line", COMMAND_LINES)
def test_bash_offers_every_option(command_line):
    program, *words = command_line.split()
    assert bash_offers(program, *words, "-") == options()[command_line]


def test_bash_offers_the_subcommands():
    assert bash_offers("echoline", "") > set(SUBCOMMANDS)


def test_bash_offers_values():
    assert bash_offers("echolined", "--log-level", "") == {"debug", "info", "warning", "error"}
    assert bash_offers("echolined", "--listen", "") == {f"{name}=" for name in EVERY_PROTOCOL}
    assert bash_offers("echolined", "--listen", "d") == {"discard=", "daytime="}
    assert bash_offers("echoline", "load", "--protocol", "ch") == {"chargen"}
    assert bash_offers("echoline", "send", "--protocol", "") == {"line", "echo"}
    assert bash_offers("echoline", "ask", "--nodelay", "") == {"on", "off"}


def test_zsh_and_fish_offer_every_protocol():
    zsh = re.search(r"protocols=\((.*)\)", source("_echolined", "echolined"))[1]
    assert zsh.split() == list(EVERY_PROTOCOL)
    fish = re.search(r"-a '(\w+=.*)'", source("echolined.fish", "echolined"))[1]
    assert fish.split() == [f"{name}=" for name in EVERY_PROTOCOL]


def zsh_options(function):
    """The options in the specifications of _arguments."""
    found = set()
    for braces, single in re.findall(r"'\{(-[-\w,]+)\}'\[|'\*?(--[\w-]+)\[", function):
        found.update(braces.split(",") if braces else [single])
    return found


@pytest.mark.parametrize("command_line", COMMAND_LINES)
def test_zsh_has_every_option(command_line):
    program, *words = command_line.split()
    text = source(f"_{program}", program)
    if program == "echoline":
        name = "_".join(["_echoline", *words])
        shared = re.search(r"^_echoline_tcp=\((.*?)^\)", text, re.MULTILINE | re.DOTALL)[1]
        text = re.search(rf"^{name}\(\) {{.*?^}}", text, re.MULTILINE | re.DOTALL)[0]
        text = text.replace("$_echoline_tcp", shared)
    assert zsh_options(text) == options()[command_line]


@pytest.mark.parametrize("command_line", COMMAND_LINES)
def test_fish_has_every_option(command_line):
    program, *words = command_line.split()
    text = source(f"{program}.fish", program).replace("\\\n", " ")
    found = {"-h", "--help"}
    for line in text.splitlines():
        place = re.search(r"__fish_seen_subcommand_from ([\w ]+)'", line)
        if words[0] in place[1].split() if place and words else not place and not words:
            found.update(f"-{name}" for name in re.findall(r" -s (\w)", line))
            found.update(f"--{name}" for name in re.findall(r" -l ([\w-]+)", line))
    assert found == options()[command_line]
