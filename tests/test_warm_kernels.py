"""A kernel that was forked is a kernel like any other."""

import subprocess
import sys

import pytest

from utils.catalogue import ROOT

PROGRAM = r"""
import os, sys
import tests.warm_kernels as warm

class Config:
    def add_cleanup(self, function):
        self.__dict__.setdefault("functions", []).append(function)

config = Config()
warm.pytest_configure(config)
from jupyter_client.manager import start_new_kernel

def say(kernel, code):
    said = []
    def heard(message):
        content = message["content"]
        said.append(content.get("text") or content.get("ename") or "")
    kernel.execute_interactive(code, output_hook=heard, timeout=60)
    return "".join(said).strip()

os.environ["TOLD"] = "what the environment says"
pairs = [start_new_kernel(kernel_name="python3", cwd="/") for _ in range(2)]
(first_manager, first), (manager, second) = pairs
print(say(first, "import os, sys; print('pandas' in sys.modules, 'utils' in sys.modules)"))
print(say(first, "print(os.getcwd(), os.environ['TOLD'], __name__)"))
print(say(first, "x = 1; import pandas; print(pandas.get_option('display.max_columns'))"))
print(say(second, "print(x)"))
drawn = {say(each, "import numpy; print(numpy.random.rand())") for each in (first, second)}
print(len(drawn))
print(say(second, "import subprocess; print(subprocess.run(['true']).returncode)"))
process = int(say(first, "print(os.getpid())"))
second.execute("import time; print('asleep'); time.sleep(60)")
while second.get_iopub_msg(timeout=60)["content"].get("text") != "asleep\n":
    pass
manager.interrupt_kernel()
# What is asked before the error was told is left undone.
while not (said := say(second, "print('goes on')")):
    pass
print(said)
manager.provisioner.process.kill()
first_manager.shutdown_kernel()
for function in reversed(config.functions):
    function()
import time
for _ in range(100):
    if not os.path.exists(f"/proc/{process}"):
        break
    time.sleep(0.1)
print(os.path.exists(f"/proc/{process}"))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux alone")
def test_state_place_interruption_and_end():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stdout.splitlines() == [
        "True False",
        "/ what the environment says __main__",
        "20",
        "NameError",
        "2",
        "0",
        "goes on",
        "False",
    ], done.stderr
