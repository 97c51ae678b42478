"""README.md as a page: short, no dead links, figures that stand in the results, a picture."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from installed import SOURCE
from program import run
from sanitized import SANITIZED

README = (SOURCE / "README.md").read_text()
RESULTS = (SOURCE / "bench/RESULTS.md").read_text()
PICTURE = SOURCE / ".ci/picture/session.svg"
REFERENCES = dict(re.findall(r"^\[([\w-]+)\]: (\S+)$", README, flags=re.MULTILINE))


def section(title):
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(text):
    """The rows of the tables in it, without their heads, as lists of cells."""
    lines = [line for line in text.splitlines() if line.startswith("| ") and "---" not in line]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def anchors(text):
    titles = re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_it_is_short_enough_to_be_read():
    assert len(README.encode()) <= 15_000


def test_its_links_lead_somewhere():
    targets = re.findall(r"\]\((?!http)([^)\s]+)\)", README)
    targets += [target for target in REFERENCES.values() if not target.startswith("http")]
    for target in targets:
        file, _, anchor = target.partition("#")
        assert (SOURCE / file).exists(), target
        if anchor:
            assert anchor in anchors((SOURCE / file).read_text() if file else README), target


def test_its_references_are_defined_and_used():
    assert set(re.findall(r"\]\[([\w-]+)\]", README)) == set(REFERENCES)


def test_every_cell_of_the_comparison_has_a_source():
    others = rows(section("Compared"))[1:]
    assert len(others) == 9
    for cells in others:
        assert [cell for cell in cells if not re.search(r"\]\(|\]\[", cell)] == [], cells[0]


def test_its_ratios_are_those_of_the_last_full_run():
    measured = {row[0]: row[1:] for row in reversed(rows(RESULTS)) if "(" in row[-1]}
    [results] = re.findall(r"^\| server \|(.*1x64B.*)\|$", RESULTS, flags=re.MULTILINE)[:1]
    cases = [case.strip() for case in results.split("|")]
    head, *ratios = rows(section("How fast"))
    assert len(ratios) >= 7
    for name, *shown in ratios:
        server = re.split("[, ]", name.strip("*").lower())[0]
        expected = [measured[server][cases.index(case)].split()[0] for case in head[1:]]
        assert shown == expected, f"{name}: bench/RESULTS.md has {expected}"


def test_its_other_figures_are_those_of_the_last_full_run():
    redis = {row[0]: row[3].split()[0] for row in rows(RESULTS) if row[0].startswith("line-depth")}
    idle = RESULTS.partition("## Resident bytes per idle connection")[2].partition("\n## ")[0]
    memory = {row[0]: row[3] for row in rows(idle)}
    fast = section("How fast")
    assert f"takes {redis['line-depth1']} of Redis'" in fast
    assert f"and {redis['line-depth64']} with 64" in fast
    assert f"takes {memory['echolined']} bytes" in re.sub(r"\s+", " ", fast)


def test_the_tuning_page_has_the_figures_of_the_last_full_run():
    page = re.sub(r"\s+", " ", (SOURCE / "server/echoline-tuning.7.scd").read_text())
    [off, spinning] = [row for row in rows(RESULTS) if row[0] in ("off", "50us")]
    assert f"buys:* {spinning[2].split()[0]} of the round trip" in page
    assert f"{float(spinning[1]):.0f} us instead of {float(off[1]):.0f}" in page
    times = RESULTS.partition("**Server's CPU time per request, microseconds**")[2]
    head, *servers = rows(times.partition("\n## ")[0])
    ours = next(row for row in servers if row[0] == "echolined")
    cost = {case: f"{float(time):.1f} us" for case, time in zip(head[1:], ours[1:])}
    assert f"takes {cost['50x64B']} of a core, and {cost['50x64B-depth16']}" in page


def check_picture(file):
    svg = ElementTree.parse(file).getroot()
    assert file.stat().st_size < 100_000
    text = "".join(svg.itertext())
    assert "prefers-reduced-motion" in text
    seen = ["server/run", "telnet 127.0.0.1 7008", "+hello", "echoline load", "latency"]
    assert [words for words in seen if words not in text] == []


def test_its_picture_is_whole():
    assert ".ci/picture/session.svg" in README
    check_picture(PICTURE)
    text = PICTURE.read_text().replace("&lt;", "<")
    assert "as expected  p99<20ms, errors=0" in text
    for wrong in ("INVALID", "CMake", "/tmp"):
        assert wrong not in text


@pytest.mark.skipif(SANITIZED, reason="NOT RUN, it is the same under sanitizers")
def test_its_picture_can_be_made_again(clone, own_network, tmp_path):
    picture = tmp_path / "session.svg"
    done = run(clone / ".ci/picture/record", "--short", picture)
    assert done.returncode == 0, done.stderr
    check_picture(picture)
