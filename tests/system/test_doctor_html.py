"""`echoline doctor --html` and `--report`: a page of one run, and of several former ones, as a browser
shows it."""

import json
import re
import shutil

import pytest

from browser import CHROMIUM, Browser
from examined import doctor, origin
from mutants import TurnsResetIntoFin
from program import echoline
from sanitized import SANITIZED

HOSTILE = "<script>alert(1)</script> \"'&"
LARGEST = 300_000


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A folder with the JSON and the page of a run in which 4.1 was broken."""
    folder = tmp_path_factory.mktemp("run")
    with TurnsResetIntoFin(origin()) as proxy:
        where = "%s:%d" % proxy.origin
        only = ["--only", "1.1", "--only", "3.1", "--only", "4.1"]
        files = ["--json", folder / "run.json", "--html", folder / "run.html"]
        done = doctor("--through", proxy.address, "--origin", where, "--quick", *only, *files)
    assert done.returncode == 1 and done.stderr == "", done.stderr
    return folder


def write_former(run, folder, count=13):
    """Reports of so many runs: sixty cases each, of which every fifth was broken, and seen at length."""
    report = json.loads((run / "run.json").read_text())
    fine, _, broken = report["cases"]
    assert broken["verdict"] == "fail"
    broken["seen"] = (broken["seen"] * 30)[:60]
    files = []
    for number in range(count):
        said = HOSTILE if number == 0 else "near saw FIN when nobody had sent it"
        report["target"] = f"{said}:{number}"
        report["cases"] = [
            dict(broken if i % 5 == number % 5 else fine, number=f"{1 + i // 10}.{i % 10}", finding=said)
            for i in range(60)
        ]
        files.append(folder / f"proxy-{HOSTILE.replace('/', '') if number == 0 else number}.json")
        files[-1].write_text(json.dumps(report))
    return files


@pytest.fixture(scope="module")
def pages(run, tmp_path_factory):
    """A page of one run, and one of thirteen."""
    folder = tmp_path_factory.mktemp("former")
    several = folder / "several.html"
    done = doctor("--html", several, "--report", *write_former(run, folder))
    assert done.returncode == 0 and done.stdout == done.stderr == "", done.stderr
    return run / "run.html", several


def test_a_page_asks_for_nothing_and_has_nothing_of_its_targets_but_text(pages):
    for page in pages:
        text = page.read_text()
        assert len(text.encode()) < LARGEST
        assert "<script" not in text and "alert(1)" in text or page == pages[0]
        assert not re.search(r"https?:|src=|@import|url\(", text)
        tags = re.findall(r"<(/?)(\w+)", text.split("</head>")[1].split("</body>")[0])
        for name in {name for _, name in tags}:
            assert tags.count(("", name)) == tags.count(("/", name)) or name == "body", name


def test_a_former_run_has_the_name_of_its_file(run, tmp_path):
    folders = [tmp_path / name for name in ("a", "b")]
    for folder in folders:
        folder.mkdir()
        shutil.copy(run / "run.json", folder / "same.json")
    other = shutil.copy(run / "run.json", tmp_path / "other.json")
    files = [folder / "same.json" for folder in folders]
    done = doctor("--report", other, *files, "--html", "-")
    assert done.returncode == 0
    columns = re.findall(r'<th scope="col"><span>(.*?)</span>', done.stdout)
    assert columns == ["other", *map(str, files)]


def test_a_report_that_cannot_be_read_is_told_and_nothing_is_written(run, tmp_path):
    page = tmp_path / "page.html"
    broken = tmp_path / "broken.json"
    broken.write_text('{"format": "echoline.doctor/1",\n  "cases": ]')
    for file, why in (
        (tmp_path / "none.json", f"cannot read {tmp_path}/none.json: No such file or directory"),
        (tmp_path, f"cannot read {tmp_path}: Is a directory"),
        (broken, f"{broken}: line 2, column 12: there is no value here"),
    ):
        done = doctor("--report", run / "run.json", file, "--html", page)
        assert done.returncode == 1 and done.stdout == ""
        assert done.stderr == f"echoline doctor: {why}\n"
        assert not page.exists()
    full = echoline("doctor", "--report", run / "run.json", "--html", "/dev/full")
    assert full.returncode == 1 and "/dev/full: No space left on device" in full.stderr


@pytest.mark.parametrize(
    "arguments, why",
    [
        (["--report", "x.json"], "--report goes with --html"),
        (["--html", "x", "--report", "x.json", "--quick"], "leave out --quick"),
        (["--html", "x", ":7", "--report", "x.json"], 'leave out "localhost:7"'),
        (["--html", "-", "--json", "-", ":7"], "only one of them"),
    ],
)
def test_a_wrong_command_line_is_one_clear_error(arguments, why):
    done = doctor(*arguments)
    assert done.returncode == 2 and done.stdout == ""
    assert why in done.stderr and len(done.stderr.splitlines()) == 2, done.stderr


@pytest.mark.skipif(SANITIZED, reason="a page is the same under sanitizers")
@pytest.mark.skipif(CHROMIUM is None, reason="NOT RUN, there is no Chromium: .ci/install check")
def test_a_browser_shows_it_light_and_dark_narrow_and_wide(pages, tmp_path):
    with Browser(tmp_path) as browser:
        for page in pages:
            shown = {}
            browser.open(page)
            for width, scheme in ((360, "light"), (1600, "light"), (1600, "dark")):
                browser.view(width, scheme)
                room = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
                needed, given = browser.value(room)
                assert needed <= given, (page, width)
                shown[width, scheme] = browser.screenshot()
            assert len(set(shown.values())) == len(shown)
            # What is told by a colour is told by a word, too, and by a sign.
            cells = browser.value("[...document.querySelectorAll('.matrix td')].map(cell => cell.textContent)")
            assert set(cells) == {"\u2713 pass", "\u2717 fail"}
            # An article for each case, reached from its row.
            links = browser.value("[...document.querySelectorAll('.matrix a')].map(a => a.hash)")
            ids = browser.value("[...document.querySelectorAll('article')].map(one => '#' + one.id)")
            assert links == ids and len(ids) in (3, 60)
            assert browser.value("document.querySelectorAll('details[open]').length") > 0
        assert browser.complaints == []
        assert {url.split("?")[0] for url in browser.asked} == {page.as_uri() for page in pages}
