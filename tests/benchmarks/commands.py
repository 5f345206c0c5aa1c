"""Seconds of the commands that somebody waits for, by the clock, where nothing has changed.

    python tests/benchmarks/commands.py

`make lab` is timed with a folder of copies that is there already: until the server answers, and
until Chromium, which is running, shows the start page with a kernel that can be asked. Beside it
stands JupyterLab by itself on a copy of the same page: what no command of ours goes below.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import _peers

ROOT = _peers.ROOT
START = [sys.executable, str(ROOT / "start.py")]
COURSE = [sys.executable, "-c", "import sys; from utils.cli import main; sys.exit(main())"]
# The cards are written into the temporary folder in which the commands run.
COMMANDS = {
    "course build --check": [*COURSE, "build", "--check"],
    "course build": [*COURSE, "build"],
    "course deck": [*COURSE, "deck", "--out", "cards.apkg"],
    "make book": [*START, "book"],
}
PAGE = "00_start_here.ipynb"
READY = """
const panel = window.jupyterapp?.shell?.currentWidget;
return Boolean(panel?.context?.isReady && panel.sessionContext?.session?.kernel?.status === 'idle');
"""


def until(there: Callable[[], object], seconds: float = 120.0) -> None:
    """Wait for something, and look twenty times a second."""
    end = time.monotonic() + seconds
    while not there():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.05)


def browser(folder: str):
    """Chromium without a screen; None where it is not installed."""
    from selenium import webdriver

    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and driver):
        return None
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in ("headless=new", "no-sandbox", "disable-gpu", f"user-data-dir={folder}/chromium"):
        options.add_argument(f"--{flag}")
    return webdriver.Chrome(options, webdriver.ChromeService(driver))


def lab(command: list[str], folder: str, window) -> tuple[float, float | None]:
    """Seconds from a command to the server's answer, and to a page that can be used."""
    from selenium.common.exceptions import JavascriptException

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    options = ["--no-browser", f"--port={port}", "--ServerApp.token=", "--expose-app-in-browser"]
    options += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    env = {**os.environ, "COURSE_WORK": f"{folder}/work", "JUPYTER_RUNTIME_DIR": f"{folder}/run"}
    silent = dict.fromkeys(("stdout", "stderr"), subprocess.DEVNULL)
    started = time.perf_counter()
    server = subprocess.Popen(
        [*command, *options], cwd=ROOT, env=env, start_new_session=True, **silent
    )

    def answers() -> bool:
        try:
            return urllib.request.urlopen(f"{address}/api/status", timeout=5).status == 200
        except OSError:
            return False

    def ready() -> bool:
        try:
            return bool(window.execute_script(READY))
        except JavascriptException:
            return False

    try:
        until(answers)
        answered, usable = time.perf_counter() - started, None
        if window:
            window.get(f"{address}/lab/tree/{PAGE}")
            until(ready)
            usable = time.perf_counter() - started
        return answered, usable
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def main() -> None:
    """Time each command, JupyterLab a second time."""
    print(_peers.machine())
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory() as folder:

        def seconds(name: str) -> float:
            started = time.perf_counter()
            subprocess.run(
                COMMANDS[name], cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL
            )
            return time.perf_counter() - started

        # Once before: the first one finds out that nothing has changed, and waits for the disk.
        for name in ("course build --check", "course deck"):
            seconds(name)
        for name in COMMANDS:
            _say(name, "", seconds(name))
        plain = Path(folder, "plain")
        plain.mkdir()
        shutil.copy(ROOT / "notebooks" / PAGE, plain)
        by_itself = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={plain}"]
        window = browser(folder)
        try:
            for _ in range(2):
                answered, usable = lab([*START, "lab", "--lang=en"], folder, window)
                others = lab(by_itself, folder, window)
        finally:
            if window:
                window.quit()
        peer = "JupyterLab by itself"
        _say("make lab", "until the server answers", answered, peer, others[0])
        _say("make lab", "until the page can be used", usable, peer, others[1])


def _say(
    name: str, what: str, seconds: float | None, peer: str = "", theirs: float | None = None
) -> None:
    if seconds is not None:
        beside = f"   {peer} {theirs:.2f} s" if theirs else ""
        print(f"{name:<24}{what:<30}{seconds:7.2f} s{beside}", flush=True)
        _peers.report(f"seconds of {name}", what, peer, seconds=(seconds, theirs))


if __name__ == "__main__":
    main()
