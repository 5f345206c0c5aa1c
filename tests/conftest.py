"""What several files of tests need: a choice of chapters, a browser without a screen."""

import gc
import shutil

import pytest

from utils import catalogue

# A run keeps what it has computed for later tests, and to look through it for garbage as often as
# Python does took a twentieth of the time.
gc.set_threshold(100_000, 50, 100)


def pytest_addoption(parser):
    said = "Of tests that have a chapter those of these alone, as in 01-06; others with chapter 01."
    parser.addoption("--chapters", default="00-99", help=said)


def pytest_collection_modifyitems(config, items):
    first, last = config.getoption("--chapters").split("-")
    numbers = {chapter.topic: chapter.number for chapter in catalogue.chapters()}

    def chosen(item):
        params = item.callspec.params if hasattr(item, "callspec") else {}
        return first <= numbers.get(params.get("topic"), "01") <= last

    config.hook.pytest_deselected(items=[item for item in items if not chosen(item)])
    items[:] = filter(chosen, items)


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and driver):
        pytest.skip("Chromium and its driver are not installed")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--window-size=1280,1100",
        f"--user-data-dir={tmp_path_factory.mktemp('chromium')}",
    ):
        options.add_argument(flag)
    window = webdriver.Chrome(options, webdriver.ChromeService(driver))
    window.set_script_timeout(60)
    yield window
    window.quit()
