"""The site as a visitor finds it: every link leads somewhere, search finds, solutions unfold."""

import functools
import http.server
import importlib.util
import os
import subprocess
import sys
import threading
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin

import pytest
import yaml
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from utils import catalogue
from utils.catalogue import ROOT
from utils.editions import translation as editions
from utils.grading.sandbox import confinement

SITE = ROOT / "build" / "book" / "html"
CHAPTER = "chapters/03_collaborative_filtering.html"


@pytest.fixture(scope="module", autouse=True)
def site(request):
    # A few learners show what a class shows.
    command = [sys.executable, "docs/build.py", "--learners", "3"]
    if request.config.getoption("everything", True):
        command.append("--all")
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    assert made.stderr == ""


@pytest.fixture(scope="module")
def address(site):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    serve = functools.partial(Quiet, directory=SITE)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Page(HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.links, self.ids, self.loads, self.pictures = [], set(), [], []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if "id" in found:
            self.ids.add(found["id"])
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        if tag == "img":
            self.pictures.append(found)
        if tag in ("script", "img", "iframe") and found.get("src"):
            self.loads.append(found["src"])
        if tag == "link" and found.get("rel") in ("stylesheet", "icon"):
            self.loads.append(found["href"])


@pytest.fixture(scope="module")
def pages(site):
    return {path.relative_to(SITE).as_posix(): Page(path) for path in SITE.rglob("*.html")}


@pytest.fixture(scope="module")
def build():
    spec = importlib.util.spec_from_file_location("build_site", ROOT / "docs" / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pages_that_have_not_changed_keep_their_dates(build, tmp_path, monkeypatch):
    def write(text):
        def gathered(source):
            (source / "chapters").mkdir(parents=True)
            (source / "chapters" / "a.md").write_text("the same")
            (source / "b.md").write_text(text)

        monkeypatch.setattr(build, "_gather", gathered)
        build.gather(tmp_path / "source")
        return [(tmp_path / "source" / name).stat().st_mtime for name in ("chapters/a.md", "b.md")]

    write("one")
    for page in (tmp_path / "source").rglob("*.md"):
        os.utime(page, (1, 1))
    same, changed = write("two")
    assert same == 1
    assert changed > 1


@pytest.mark.parametrize(
    ("name", "text", "shows"),
    [
        ("a.md", "# A page\n\nAnother text.\n", False),
        ("a.md", "# Another heading\n\nA text.\n", True),
        ("conf.py", "project = 'another'\n", True),
        ("b.md", "# A page more\n", True),
    ],
)
def test_all_pages_are_made_again_for_what_shows_on_others(build, tmp_path, name, text, shows):
    (tmp_path / "a.md").write_text("# A page\n\nA text.\n")
    (tmp_path / "conf.py").write_text("project = 'one'\n")
    before = build.on_every_page(tmp_path)
    (tmp_path / name).write_text(text)
    assert (build.on_every_page(tmp_path) != before) == shows


def test_a_warning_is_said_again_until_it_is_mended(build, tmp_path, monkeypatch):
    read_before = []

    def sphinx(code):
        def made(_words):
            doctrees = tmp_path / "doctrees_en"
            read_before.append(doctrees.exists())
            doctrees.mkdir(exist_ok=True)
            return code

        return made

    monkeypatch.setattr(build, "BOOK", tmp_path)
    monkeypatch.setattr(build, "gather", lambda source: source.mkdir(exist_ok=True))
    for code in (1, 0, 0):
        monkeypatch.setattr(build, "build_main", sphinx(code))
        assert build._build("en", tmp_path / "source", tmp_path, []) == code
    assert read_before == [False, False, True]


def test_every_chapter_has_a_page(pages):
    assert {f"chapters/{chapter.stem}.html" for chapter in catalogue.chapters()} <= set(pages)


def test_no_link_is_broken(pages):
    broken = []
    for name, page in pages.items():
        for link in page.links:
            target, anchor = urldefrag(urljoin(f"site:///{name}", link))
            if not target.startswith("site:///"):
                continue
            target = unquote(target.removeprefix("site:///")) or "index.html"
            known = pages.get(target)
            if not (SITE / target).exists() or (known and anchor and anchor not in known.ids):
                broken.append((name, link))
    assert broken == []


def test_nothing_comes_from_the_network(pages):
    assert not [load for page in pages.values() for load in page.loads if "//" in load]


def test_every_picture_says_what_it_shows(pages):
    silent = [
        (name, picture["src"])
        for name, page in pages.items()
        for picture in page.pictures
        if "_static/" not in picture["src"] and len(picture.get("alt") or "") < 30
    ]
    assert silent == []


def test_visitor_searches(browser, address):
    browser.get(f"{address}/search.html?q=neighbourhood")
    WebDriverWait(browser, 20).until(
        lambda window: window.find_elements(By.CSS_SELECTOR, "ul.search li a")
    )
    found = browser.find_elements(By.CSS_SELECTOR, "ul.search li a")
    assert any(CHAPTER in link.get_attribute("href") for link in found)


def test_visitor_searches_in_chinese(browser, address):
    browser.get(f"{address}/zh/search.html?q=第一次检查")
    WebDriverWait(browser, 20).until(
        lambda window: window.find_elements(By.CSS_SELECTOR, "ul.search li a")
    )
    found = browser.find_elements(By.CSS_SELECTOR, "ul.search li a")
    assert any("chapters/00_start_here.html" in link.get_attribute("href") for link in found)


def test_the_other_language_is_a_click_away_on_the_same_page(browser, address, pages):
    chapters = {f"chapters/{chapter.stem}.html" for chapter in catalogue.chapters()}
    assert {f"zh/{name}" for name in chapters} <= set(pages)
    browser.get(f"{address}/chapters/00_start_here.html")
    browser.find_element(By.CSS_SELECTOR, "a.other-language").click()
    assert browser.current_url == f"{address}/zh/chapters/00_start_here.html"
    assert browser.find_element(By.CSS_SELECTOR, "article h1").text.startswith("从这里开始")
    assert browser.execute_script("return document.documentElement.lang").startswith("zh")
    browser.find_element(By.CSS_SELECTOR, "a.other-language").click()
    assert browser.current_url == f"{address}/chapters/00_start_here.html"


def test_the_guide_is_there_in_both_languages(browser, address, pages):
    guide = {f"{page.stem}.html" for page in editions.guide()}
    assert len(guide) >= 4
    for name in guide:
        assert name in pages["index.html"].links and name in pages["zh/index.html"].links
        assert f"../{name}" in pages[f"zh/{name}"].links and f"zh/{name}" in pages[name].links
    browser.get(f"{address}/zh/index.html")
    assert browser.find_elements(By.XPATH, "//p[contains(., '给老师')]")
    browser.get(f"{address}/instructors_guide.html")
    browser.find_element(By.CSS_SELECTOR, "a.other-language").click()
    assert browser.current_url == f"{address}/zh/instructors_guide.html"
    assert browser.find_element(By.CSS_SELECTOR, "article h1").text.startswith("教师指南")


@pytest.mark.skipif(not confinement.available().enough, reason="no report without the sandbox")
def test_the_report_on_a_class_is_in_the_language_of_the_page(pages):
    for folder, tag in (("", "en"), ("zh/", "zh-CN")):
        assert "demo_class/index.html" in pages[f"{folder}demo_class.html"].links
        text = (SITE / folder / "demo_class" / "index.html").read_text("utf-8")
        assert f'<html lang="{tag}"' in text


def test_visitor_unfolds_a_solution_in_the_dark(browser, address):
    browser.get_log("browser")
    browser.get(f"{address}/{CHAPTER}")
    browser.find_element(By.CSS_SELECTOR, "button.theme-switch-button").click()
    folded = browser.find_element(By.CSS_SELECTOR, "details.hide")
    assert not folded.get_attribute("open")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", folded)
    folded.find_element(By.TAG_NAME, "summary").click()
    assert folded.get_attribute("open")
    # It fades in.
    solution = folded.find_element(By.TAG_NAME, "pre")
    WebDriverWait(browser, 10).until(lambda _: solution.is_displayed())
    severe = [line for line in browser.get_log("browser") if line["level"] == "SEVERE"]
    assert severe == []


# ---- on a phone -----------------------------------------------------------------------------


@pytest.fixture
def phone(browser):
    """A window 360 px wide, as a phone has."""
    size = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    yield browser
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def width(browser):
    return browser.execute_script("return document.documentElement.scrollWidth")


def test_the_question_bank_fits_a_phone(phone, address, pages):
    for name in [name for name in pages if name.startswith("questions/")]:
        phone.get(f"{address}/{name}")
        assert width(phone) <= 360, name
        for fold in phone.find_elements(By.CSS_SELECTOR, "details.answer")[:3]:
            phone.execute_script("arguments[0].open = true", fold)
            assert width(phone) <= 360, name


def test_one_answer_at_a_time_is_shown(phone, address):
    phone.get(f"{address}/questions/09_risk_control.html")
    first, second, *_ = folds = phone.find_elements(By.CSS_SELECTOR, "details.answer")
    assert not any(fold.get_attribute("open") for fold in folds)
    for fold in (first, second):
        phone.execute_script("arguments[0].scrollIntoView({block: 'center'})", fold)
        fold.find_element(By.TAG_NAME, "summary").click()
    assert not first.get_attribute("open")
    assert second.get_attribute("open")
    assert second.find_element(By.TAG_NAME, "p").is_displayed()


def test_the_front_page_has_a_card_a_chapter(phone, address, pages):
    phone.get(f"{address}/index.html")
    assert width(phone) <= 360
    cards = phone.find_elements(By.CSS_SELECTOR, ".cards a")
    assert len(cards) == len(catalogue.chapters())
    assert "手写" in phone.find_element(By.CSS_SELECTOR, "a[href*='03_coll'] span").text
    assert "about" in cards[3].text
    shown = {card.get_attribute("href").split("/")[-1]: card.text for card in cards}
    surprises = yaml.safe_load((ROOT / "docs" / "surprises.yaml").read_text("utf-8"))
    for topic, surprise in surprises.items():
        assert surprise["en"] in shown[f"{catalogue.chapter(topic).stem}.html"]
    folder = SITE.parent
    phone.save_screenshot(str(folder / "front_360.png"))
    phone.get(f"{address}/questions/09_risk_control.html")
    phone.save_screenshot(str(folder / "bank_360.png"))
