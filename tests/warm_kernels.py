"""Kernels forked from a process which has the libraries already: ``-p tests.warm_kernels``.

To start Python with pandas and scikit-learn takes seconds, and a run of the tests starts thirty
kernels. What forks imports libraries alone, nothing of the course, and has no threads; a kernel has
the directory, the environment and the open files of whoever starts it, and ends with it.
"""

import atexit
import contextlib
import functools
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

# Without pyplot, which asks for the shell of its kernel when it is imported.
LIBRARIES = (
    "ipykernel.kernelapp",
    "matplotlib.axes",
    "matplotlib.dates",
    "numpy",
    "pandas",
    "scipy.optimize",
    "scipy.sparse.linalg",
    "scipy.stats",
    "sklearn.cluster",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.pipeline",
    "statsmodels.api",
)


def pytest_configure(config):
    if sys.platform != "linux":
        return
    # What is started in place of a kernel starts at once, and has no libraries.
    import pytest
    from jupyter_client.manager import KernelManager

    command = KernelManager.format_kernel_cmd

    @functools.cache
    def address():
        """Where kernels are asked for, from the first one on."""
        folder = tempfile.TemporaryDirectory(prefix="kernels-")
        listens = f"{folder.name}/socket"
        ours = [sys.executable, __file__, "serve", listens]
        server = subprocess.Popen(ours, stdin=subprocess.PIPE)
        config.add_cleanup(folder.cleanup)
        config.add_cleanup(server.wait)
        # The server ends when nobody can speak to it any more.
        config.add_cleanup(server.stdin.close)
        return listens

    def warm(self, extra_arguments=None):
        cold = command(self, extra_arguments)
        return [sys.executable, "-I", "-S", __file__, "start", address(), *cold[cold.index("-f") :]]

    patch = pytest.MonkeyPatch()
    patch.setattr(KernelManager, "format_kernel_cmd", warm)
    config.add_cleanup(patch.undo)


# ---- what forks -----------------------------------------------------------------------------


def serve(address):
    sys.path.remove(str(Path(__file__).parent))
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()
    for name in LIBRARIES:
        importlib.import_module(name)
    # What is looked through for garbage is copied in each kernel.
    gc.freeze()
    # As pandas has it when it is imported in a notebook.
    sys.modules["pandas"].set_option("display.max_columns", 20)
    # Nobody asks how a kernel ended.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if listener not in ready:
            return
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            become_a_kernel(connection)
        connection.close()


def become_a_kernel(connection):
    import numpy as np
    from ipykernel.kernelapp import launch_new_instance

    message, files, _, _ = socket.recv_fds(connection, 1 << 20, 3)
    asked = json.loads(message)
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    # Forks would draw the same numbers.
    np.random.seed()  # noqa: NPY002 - the generator of those who do not seed
    connection.sendall(f"{os.getpid()}\n".encode())
    threading.Thread(target=_end_with, args=[connection], daemon=True).start()
    # By which it knows that it was not started by hand.
    parent = f"--IPKernelApp.parent_handle={os.getppid()}"
    sys.argv = ["ipykernel_launcher", *asked["arguments"], parent]
    with contextlib.suppress(SystemExit):
        launch_new_instance()
    sys.stdout.flush()
    atexit._run_exitfuncs()
    os._exit(0)


def _end_with(connection):
    while connection.recv(1):
        pass
    os._exit(1)


# ---- what is started in place of a kernel -------------------------------------------------------


def start(address, *arguments):
    connection = socket.socket(socket.AF_UNIX)
    while True:
        try:
            connection.connect(address)
            break
        except (FileNotFoundError, ConnectionRefusedError):
            select.select([], [], [], 0.01)
    asked = {"arguments": arguments, "folder": os.getcwd(), "environment": dict(os.environ)}
    socket.send_fds(connection, [json.dumps(asked).encode()], [0, 1, 2])
    kernel = int(connection.makefile().readline())
    signal.signal(signal.SIGINT, lambda *_: os.kill(kernel, signal.SIGINT))
    # As a kernel ends when who started it has ended.
    parent = os.getppid()
    while not select.select([connection], [], [], 1)[0] and os.getppid() == parent:
        pass


if __name__ == "__main__":
    {"serve": serve, "start": start}[sys.argv[1]](*sys.argv[2:])
