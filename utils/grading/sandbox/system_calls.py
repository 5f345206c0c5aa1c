"""What a submission may ask of the kernel: a line a call, why it is needed, which arguments.

A call that is not in the table fails with "operation not permitted". A call that takes a command, a
process, an address or an option is in the table with the values that Python and the numerical
libraries use, and with no other. Nothing here opens a connection, starts a process, changes a limit
or a schedule, or reaches another process.

seccomp compares all 64 bits of an argument where the kernel reads 32: what is equal to an allowed
value here is that value there, and whatever else stands in the upper half is refused.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

ALL = 2**64 - 1
# Commands of fcntl: copy a descriptor, its close-on-exec flag, its status. Not F_SETFL (O_ASYNC),
# F_SETOWN or F_SETSIG, which have the kernel send signals to any process.
F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC = 0, 1, 2, 3, 1030
FIOCLEX, FIONCLEX, FIONREAD, TCGETS = 0x5451, 0x5450, 0x541B, 0x5401
PR_SET_NAME, PR_SET_VMA = 15, 0x53564D41
# CLONE_VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, SETTLS, PARENT_SETTID, CHILD_CLEARTID, DETACHED and
# CHILD_SETTID: what a thread is started with. No namespace, no vfork, no tracing, no other parent.
THREAD_FLAGS, CLONE_THREAD = 0x17D0F00, 0x10000
# MAP_LOCKED and MAP_HUGETLB take memory that no limit of ours counts.
MAP_LOCKED, MAP_HUGETLB = 0x2000, 0x40000
# NORMAL to DONTNEED, FREE, HUGEPAGE, NOHUGEPAGE, DONTDUMP. Not HWPOISON, which takes pages from
# everybody when root asks.
ADVICE = (0, 1, 2, 3, 4, 8, 14, 15, 16)
# WAIT, WAKE, REQUEUE, CMP_REQUEUE, WAKE_OP, WAIT_BITSET, WAKE_BITSET; with or without PRIVATE and
# CLOCK_REALTIME. Not the PI ones, which change priorities.
FUTEX = (0, 1, 3, 4, 5, 9, 10)
FUTEX_FLAGS = 128 | 256
TIMERS = (0, 1, 2)
# SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK.
MASKS = (0, 1, 2)
RUSAGE = (0, 1)
WHENCE = (0, 1, 2)
# Without the negative ones, which are the clocks of other processes.
CLOCKS = (0, 1, 2, 3, 4, 5, 6, 7)


@dataclass(frozen=True)
class Where:
    """A condition on one argument: equal to one of ``values`` once ``mask`` is laid over it."""

    argument: int
    values: tuple[int, ...]
    mask: int = ALL


@dataclass(frozen=True)
class Allowed:
    """A system call, why an answer needs it, and what its arguments may be."""

    name: str
    why: str
    where: tuple[Where, ...] = ()


# As the receiver of a signal: the group of the process that sends it, which is alone in it. Not its
# own number: the table is the same for every process, and so translated once for all of them.
OWN_GROUP = 0

# Of Linux's prctl.h, seccomp.h and filter.h.
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2
INSTRUCTION = 8


def _where(argument: int, *values: int, mask: int = ALL) -> tuple[Where, ...]:
    return (Where(argument, values, mask),)


# fmt: off
TABLE: tuple[Allowed, ...] = (
    # -- files: Landlock says which can be opened, and none for writing --
    Allowed("open", "imports"),
    Allowed("openat", "imports"),
    Allowed("openat2", "imports, on newer C libraries"),
    Allowed("close", "imports"),
    Allowed("close_range", "subprocess and glibc close what they opened"),
    Allowed("read", "imports; the line to the marker"),
    Allowed("pread64", "loading a shared library"),
    Allowed("readv", "buffered reading"),
    Allowed("preadv", "reading parts of a file"),
    Allowed("write", "the line to the marker; what is printed"),
    Allowed("writev", "what C libraries print"),
    Allowed("pwrite64", "writing parts of a file: fails, as no file is writable"),
    Allowed("lseek", "reading parts of a file", _where(2, *WHENCE)),
    Allowed("stat", "imports"),
    Allowed("lstat", "imports"),
    Allowed("fstat", "imports"),
    Allowed("newfstatat", "imports"),
    Allowed("statx", "imports"),
    Allowed("statfs", "C libraries look for memory-backed file systems"),
    Allowed("fstatfs", "C libraries look for memory-backed file systems"),
    Allowed("access", "imports"),
    Allowed("faccessat", "imports"),
    Allowed("faccessat2", "imports"),
    Allowed("readlink", "imports resolve links"),
    Allowed("readlinkat", "imports resolve links"),
    Allowed("getdents64", "imports list folders"),
    Allowed("getcwd", "relative paths"),
    Allowed("chdir", "contextlib.chdir and its like; nothing is writable anywhere"),
    Allowed("umask", "tempfile asks for it; of this process alone"),
    Allowed("dup", "redirecting output"),
    Allowed("dup2", "redirecting output"),
    Allowed("dup3", "redirecting output"),
    Allowed("pipe2", "contextlib, faulthandler, wakeup descriptors; both ends stay here"),
    Allowed("eventfd2", "wakeup descriptors of an event loop; stay here"),
    Allowed("epoll_create1", "an event loop"),
    Allowed("epoll_ctl", "an event loop", _where(1, 1, 2, 3)),
    Allowed("epoll_wait", "an event loop"),
    Allowed("epoll_pwait", "an event loop"),
    Allowed("poll", "waiting for a pipe"),
    Allowed("ppoll", "waiting for a pipe"),
    Allowed("select", "waiting for a pipe"),
    Allowed("pselect6", "waiting for a pipe"),
    Allowed("fcntl", "copying descriptors and their flags; never a signal's receiver",
            _where(1, F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC)),
    Allowed("ioctl", "whether a stream is a terminal, how much can be read, close-on-exec",
            _where(1, FIOCLEX, FIONCLEX, FIONREAD, TCGETS)),
    # -- memory of this process, under a limit that cannot be changed --
    Allowed("brk", "malloc"),
    Allowed("mmap", "malloc, loading a library; no locked and no huge pages",
            _where(3, 0, mask=MAP_LOCKED | MAP_HUGETLB)),
    Allowed("munmap", "free"),
    Allowed("mremap", "realloc"),
    Allowed("mprotect", "loading a library, thread stacks"),
    Allowed("madvise", "free gives pages back", _where(2, *ADVICE)),
    # -- threads of this process --
    Allowed("clone", "starting a thread: exactly the flags of one",
            _where(0, CLONE_THREAD, mask=ALL & ~THREAD_FLAGS | CLONE_THREAD)),
    Allowed("futex", "locks", _where(1, *FUTEX, mask=ALL & ~FUTEX_FLAGS)),
    Allowed("set_robust_list", "starting a thread; its own list"),
    Allowed("set_tid_address", "starting a thread; its own address"),
    Allowed("rseq", "starting a thread; its own address"),
    Allowed("gettid", "locks"),
    Allowed("sched_yield", "locks"),
    Allowed("sched_getaffinity", "numerical libraries count processors", _where(0, 0)),
    Allowed("exit", "a thread ends"),
    Allowed("exit_group", "the process ends"),
    # -- signals to this process alone --
    Allowed("kill", "an answer may end itself, and nobody else", _where(0, OWN_GROUP)),
    Allowed("rt_sigaction", "handlers"),
    Allowed("rt_sigprocmask", "starting a thread", _where(0, *MASKS)),
    Allowed("rt_sigreturn", "a handler returns"),
    Allowed("rt_sigpending", "handlers"),
    Allowed("rt_sigtimedwait", "handlers"),
    Allowed("sigaltstack", "faulthandler"),
    Allowed("restart_syscall", "a call goes on after a signal"),
    Allowed("setitimer", "the limit of a call; an answer that stops it is ended by the clock",
            _where(0, *TIMERS)),
    Allowed("getitimer", "the limit of a call", _where(0, *TIMERS)),
    # -- time and chance --
    Allowed("clock_gettime", "time", _where(0, *CLOCKS)),
    Allowed("clock_getres", "time", _where(0, *CLOCKS)),
    Allowed("clock_nanosleep", "time.sleep; the marker counts it", _where(0, *CLOCKS)),
    Allowed("nanosleep", "time.sleep; the marker counts it"),
    Allowed("gettimeofday", "time"),
    Allowed("time", "time"),
    Allowed("times", "time"),
    Allowed("getrandom", "seeds"),
    # -- who and where: facts about this process --
    Allowed("getpid", "logging, seeds"),
    Allowed("getppid", "logging; a number that cannot be used"),
    Allowed("getpgrp", "logging"),
    Allowed("getuid", "os.path.expanduser"),
    Allowed("geteuid", "os.path.expanduser"),
    Allowed("getgid", "os.path.expanduser"),
    Allowed("getegid", "os.path.expanduser"),
    Allowed("getresuid", "C libraries at start"),
    Allowed("getresgid", "C libraries at start"),
    Allowed("getrusage", "timing of the process itself and its threads", _where(0, *RUSAGE)),
    Allowed("getrlimit", "how large a stack is; limits are read, not set"),
    Allowed("prlimit64", "how large a stack is: of this process, and no new limit",
            (Where(0, (0,)), Where(2, (0,)))),
    Allowed("uname", "platform"),
    Allowed("sysinfo", "os.sysconf: how much memory there is"),
    Allowed("prctl", "the name of a thread, of a piece of memory",
            _where(0, PR_SET_NAME, PR_SET_VMA)),
)
# fmt: on


def program() -> bytes:
    """The table as a program of seccomp(2): instructions that the kernel runs at each call."""
    import pyseccomp

    rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    # glibc asks for clone3 first, whose flags a filter cannot see, and then does without.
    _add(rules, pyseccomp.ERRNO(errno.ENOSYS), "clone3", ())
    for call in TABLE:
        _allow(rules, call)
    with open(os.memfd_create("program"), "w+b") as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


class _Program(ctypes.Structure):
    """A sock_fprog of Linux's filter.h."""

    _fields_ = (("n_instructions", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def load(instructions: bytes) -> None:
    """Apply a `program` to this process, for good.

    Not by libseccomp, which would write the program anew in every child.

    Raises
    ------
    OSError
        When the kernel does not take it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    told = _Program(len(instructions) // INSTRUCTION, instructions)
    for option, value, pointer in (
        (PR_SET_NO_NEW_PRIVS, 1, None),
        (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(told)),
    ):
        if libc.prctl(option, *map(ctypes.c_void_p, (value, pointer, None, None))):
            raise OSError(ctypes.get_errno(), "the kernel does not take the filter of calls")


def _allow(rules: Any, call: Allowed) -> None:
    import pyseccomp

    alternatives: list[list[Any]] = [[]]
    for where in call.where:
        alternatives = [[*so_far, each] for so_far in alternatives for each in _conditions(where)]
    for conditions in alternatives:
        _add(rules, pyseccomp.ALLOW, call.name, conditions)


def _conditions(where: Where) -> list[Any]:
    import pyseccomp

    if where.mask == ALL:
        return [pyseccomp.Arg(where.argument, pyseccomp.EQ, value) for value in where.values]
    return [
        pyseccomp.Arg(where.argument, pyseccomp.MASKED_EQ, where.mask, value)
        for value in where.values
    ]


def _add(rules: Any, action: Any, name: str, conditions: Sequence[Any]) -> None:
    # A name that this processor's Linux does not have needs no rule.
    with contextlib.suppress(OSError):
        rules.add_rule(action, name, *conditions)
