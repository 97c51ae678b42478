"""The manual pages: nothing is missing from them, and nothing stands there that is no more."""

import re

import pytest

from command_line_help import SUBCOMMANDS, options
from daemon import EVERY_PROTOCOL
from manual_page import page, sections
from program import echolined
from peer import Peer


def options_of(text):
    """The options that a section has an entry for."""
    entries = re.findall(r"^(\*-.*)$", text, flags=re.MULTILINE)
    return {name for entry in entries for name in re.findall(r"\*(--?[\w-]+)\*", entry)}


def test_every_option_of_echolined_has_an_entry():
    assert options_of(sections(page("server/echolined.8.scd"))["OPTIONS"]) == options()["echolined"]


@pytest.mark.parametrize("subcommand", SUBCOMMANDS)
def test_every_option_of_a_subcommand_has_an_entry(subcommand):
    text = sections(page("client/echoline.1.scd"))[subcommand.upper()]
    assert options_of(text) | {"-h", "--help"} == options()[f"echoline {subcommand}"]


def test_every_option_of_echoline_itself_has_an_entry():
    text = sections(page("client/echoline.1.scd"))["DESCRIPTION"]
    assert options_of(text) == options()["echoline"]


def test_every_key_of_the_configuration_has_an_entry_with_its_default():
    tables = re.split(r"^(\[.*\])$", page("config/echoline.toml"), flags=re.MULTILINE)
    # The sample's second listener has other values.
    sample = dict(reversed(list(zip(["TOP LEVEL", *tables[1::2]], tables[::2]))))
    reference = sections(page("config/echoline.toml.5.scd"))
    for table, text in sample.items():
        # The one whose default is another key's value stands behind a #.
        keys = re.findall(r"^(?:# (?=log_sessions))?(\w+) = (\S+)", text, flags=re.MULTILINE)
        assert re.findall(r"^\*(\w+)\* = (\S+)$", reference[table], re.MULTILINE) == keys


def test_every_key_that_the_daemon_prints_has_an_entry():
    printed = re.findall(r"^(\w+) = ", echolined("--print-config").stdout, flags=re.MULTILINE)
    text = page("config/echoline.toml.5.scd")
    assert [key for key in printed if f"*{key}* = " not in text] == []


def test_every_protocol_has_a_section_and_stands_in_the_readme():
    found = set(sections(page("server/protocols/echoline-protocol.7.scd")))
    assert found - {"NAME", "DESCRIPTION", "EXAMPLE", "SEE ALSO"} == {
        name.upper() for name in EVERY_PROTOCOL
    }
    readme = page("README.md")
    assert [name for name in EVERY_PROTOCOL if f"`{name}`" not in readme] == []


def test_where_it_listens_by_default_is_said_everywhere():
    printed = echolined("--print-config").stdout
    addresses = re.findall(r'^address = "(.*)"$', printed, flags=re.MULTILINE)
    assert len(addresses) == 2
    for text in (
        echolined("--help").stdout,
        page("config/echoline.toml"),
        sections(page("config/echoline.toml.5.scd"))["[[listener]]"],
        sections(page("server/echolined.8.scd"))["DESCRIPTION"],
        page("README.md"),
    ):
        assert [address for address in addresses if address not in text] == []


def test_every_command_of_the_admin_protocol_has_an_entry(start_daemon):
    daemon = start_daemon(arguments=["--admin", "127.0.0.1:0"])
    with Peer(daemon.admin_address()) as peer:
        synopses = [line[1:].partition(b":")[0].decode() for line in peer.ask(b"HELP")]
    text = sections(page("server/echolined.8.scd"))["ADMIN"]
    entries = re.findall(r"^(\*[A-Z].*)$", text, flags=re.MULTILINE)
    assert [re.sub(r"[*_]", "", entry) for entry in entries] == synopses


def test_every_command_of_the_line_protocol_has_an_entry(daemon):
    text = page("server/protocols/echoline-protocol.7.scd")
    with Peer(daemon.address("line")) as peer:
        synopses = [line[1:].partition(b":")[0].decode() for line in peer.ask(b"HELP")]
        first_counters = list(peer.stats())[:11]
    commands = re.split(r"^## ", text, flags=re.MULTILINE)
    [commands] = [part for part in commands if part.startswith("Commands")]
    entries = re.findall(r"^(\*[A-Z].*)$", commands, flags=re.MULTILINE)
    assert [re.sub(r"[*_]", "", entry) for entry in entries] == synopses
    assert [name for name in first_counters if f"*{name}*" not in text] == []


def test_every_line_of_stats_is_in_the_table_of_figures(daemon):
    text = page("server/echolined-metrics.7.scd")
    with Peer(daemon.address("line")) as peer:
        names = {re.sub(r"_(count|sum)$", "", name) for name in peer.stats()}
    assert [name for name in names if f"*{name}*" not in text] == []
