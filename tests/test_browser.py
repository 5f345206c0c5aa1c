"""A learner in JupyterLab: a wrong answer, its name, a right answer, and the bar that moves."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest
from selenium.common.exceptions import JavascriptException
from selenium.webdriver.support.ui import WebDriverWait

from utils.catalogue import ROOT, load

TASKS = load("collaborative_filtering")
MOST = sum(task.points for task in TASKS.values())
WRONG = "def cosine_similarity_matrix(R):\n    return R @ R.T"
RIGHT = """def cosine_similarity_matrix(R):
    R = R.astype(float)
    length = np.sqrt((R ** 2).sum(axis=1))
    length[length == 0] = 1
    return R @ R.T / np.outer(length, length)"""

MEAN_OF_LINES = """def average_basket(basket_ids, sales):
    return sum(sales) / len(sales) if sales else float("nan")"""
MEAN_OF_BASKETS = """def average_basket(basket_ids, sales):
    return sum(sales) / len(set(basket_ids)) if sales else float("nan")"""

# What a learner does with the mouse and the keyboard, by JupyterLab's own commands.
FILL = """
const [begins, source] = arguments;
const cell = window.jupyterapp.shell.currentWidget.content.widgets.find(
    (w) => w.model.type === 'code' && w.model.sharedModel.getSource().startsWith(begins));
cell.model.sharedModel.setSource(source);
"""
RUN = """
const [begins, done] = arguments;
const panel = window.jupyterapp.shell.currentWidget;
const index = panel.content.widgets.findIndex(
    (w) => w.model.type === 'code' && w.model.sharedModel.getSource().startsWith(begins));
panel.content.activeCellIndex = index;
window.jupyterapp.commands.execute('notebook:run-cell').then(() => {
    panel.content.scrollToItem(index, 'center');
    done(panel.content.widgets[index].outputArea.node.innerText);
});
"""
READY = """
const panel = window.jupyterapp?.shell?.currentWidget;
return panel?.context?.path === arguments[0] && panel.context.isReady
    && panel.sessionContext?.session?.kernel?.status === 'idle';
"""


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    return tmp_path_factory.mktemp("learner") / "work"


@pytest.fixture(scope="module")
def lab(work):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--no-browser", f"--port={port}", "--ServerApp.token=", "--expose-app-in-browser"]
    options += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    environment = {k: v for k, v in os.environ.items() if k != "COURSE_PROGRESS"}
    server = subprocess.Popen(
        [sys.executable, "start.py", "lab", "--lang=en", *options],
        cwd=ROOT,
        env={**environment, "COURSE_WORK": str(work), "JUPYTER_RUNTIME_DIR": str(work.parent)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        WebDriverWait(None, 60).until(lambda _: answers(f"{address}/api/status"))
        yield address
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def answers(url):
    try:
        return urllib.request.urlopen(url, timeout=5).status == 200
    except OSError:
        return False


def open_notebook(browser, lab, name):
    browser.get(f"{lab}/lab/tree/{name}?reset")

    def ready(driver):
        try:
            return driver.execute_script(READY, name)
        except JavascriptException:
            return False

    WebDriverWait(browser, 60).until(ready)


def run(browser, begins):
    return browser.execute_async_script(RUN, begins)


def test_a_learner_goes_wrong_and_then_right(browser, lab, work):
    open_notebook(browser, lab, "03_collaborative_filtering.ipynb")
    run(browser, "import matplotlib")

    run(browser, "def cosine_similarity_matrix")
    stub = run(browser, "check(cosine_similarity_matrix)")
    assert stub.strip() == (
        "cosine_similarity_matrix is not written yet: put your code in place of its raise line, "
        "run that cell, then run this one again."
    )

    browser.execute_script(FILL, "def cosine_similarity_matrix", WRONG)
    run(browser, "def cosine_similarity_matrix")
    card = run(browser, "check(cosine_similarity_matrix)")
    assert "not yet" in card
    assert "Looks like: dot product" in card
    assert f"0 of {MOST} points" in card
    keep_picture(browser, "checked_exercise")

    browser.execute_script(FILL, "def cosine_similarity_matrix", RIGHT)
    run(browser, "def cosine_similarity_matrix")
    card = run(browser, "check(cosine_similarity_matrix)")
    assert "passed" in card
    assert f"1 of {len(TASKS)} exercises passed, 2 of {MOST} points" in card
    keep_picture(browser, "passed_exercise")

    open_notebook(browser, lab, "00_start_here.ipynb")
    run(browser, "import matplotlib")
    table = run(browser, "progress.overview()")
    assert f"1 of {len(TASKS)}" in table
    assert f"2 of {MOST}" in table
    assert "█" in table
    assert (work / "progress.jsonl").read_text().count("\n") == 2


def test_a_learner_goes_wrong_and_then_right_in_chinese(browser, lab, work):
    subprocess.run(
        [sys.executable, "-c", "import start; start.copy_notebooks('zh')"],
        cwd=ROOT,
        env={**os.environ, "COURSE_WORK": str(work)},
        check=True,
    )
    before = progress_lines(work)
    open_notebook(browser, lab, "zh/00_start_here.ipynb")
    run(browser, "import matplotlib")
    browser.execute_script(FILL, "def average_basket", MEAN_OF_LINES)
    run(browser, "def average_basket")
    card = run(browser, "check(average_basket)")
    assert "还没通过" in card
    assert "看起来是： 对行求均值" in card
    assert "你除以的是行数" in card
    keep_picture(browser, "checked_exercise_zh")

    browser.execute_script(FILL, "def average_basket", MEAN_OF_BASKETS)
    run(browser, "def average_basket")
    card = run(browser, "check(average_basket)")
    assert "已通过" in card
    assert "1 道练习通过 1 道，得 1 / 1 分" in card
    # One record for both languages.
    assert progress_lines(work) == before + 2


def progress_lines(work):
    file = work / "progress.jsonl"
    return file.read_text().count("\n") if file.exists() else 0


def keep_picture(browser, name):
    """Where COURSE_PICTURES names a folder, the README's pictures are taken there."""
    folder = os.environ.get("COURSE_PICTURES")
    if folder:
        browser.save_screenshot(os.path.join(folder, f"{name}.png"))
