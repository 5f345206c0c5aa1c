"""Tries system calls with commands, processes and options that reach further than itself."""


def average_basket(basket_ids, sales):
    import ctypes
    import os

    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getppid()
    tried = [
        ("kill", (62, parent, 0)),
        ("tkill", (200, parent, 0)),
        ("tgkill", (234, parent, parent, 0)),
        ("rt_sigqueueinfo", (129, parent, 0, 0)),
        ("pidfd_open", (434, parent, 0)),
        ("pidfd_send_signal", (424, 0, 0, 0, 0)),
        ("ptrace", (101, 16, parent, 0, 0)),
        ("process_vm_readv", (310, parent, 0, 0, 0, 0, 0)),
        ("setpriority", (141, 0, parent, 19)),
        ("sched_setaffinity", (203, parent, 8, 0)),
        ("sched_setscheduler", (144, parent, 0, 0)),
        ("ioprio_set", (251, 1, parent, 0)),
        ("prlimit of another", (302, parent, 7, 0, 0)),
        (
            "prlimit with a new limit",
            (302, 0, 7, ctypes.addressof(ctypes.create_string_buffer(16)), 0),
        ),
        ("setrlimit", (160, 7, 0)),
        ("prctl dumpable", (157, 4, 1, 0, 0, 0)),
        ("prctl death signal", (157, 1, 9, 0, 0, 0)),
        ("ioctl FIOASYNC", (16, 3, 0x5452, 0)),
        ("ioctl FIOSETOWN", (16, 3, 0x8901, 0)),
        ("ioctl TIOCSTI", (16, 0, 0x5412, 0)),
        ("clone of a process", (56, 17, 0, 0, 0, 0)),
        ("clone into a namespace", (56, 0x10000000 | 17, 0, 0, 0, 0)),
        ("clone of a thread into a namespace", (56, 0x10000 | 0x40000000, 0, 0, 0, 0)),
        ("fork", (57,)),
        ("vfork", (58,)),
        ("execve", (59, 0, 0, 0)),
        ("unshare", (272, 0x10000000)),
        ("madvise hwpoison", (28, 0, 4096, 100)),
        ("mmap of huge pages", (9, 0, 2**21, 3, 0x22 | 0x40000, -1, 0)),
        ("mmap of locked pages", (9, 0, 2**21, 3, 0x22 | 0x2000, -1, 0)),
        ("mlock", (149, 0, 4096)),
        ("futex of priorities", (202, 0, 6, 0, 0, 0, 0)),
        ("membarrier of all", (324, 1, 0, 0)),
        ("clock of another", (228, ~parent << 3 | 2, 0)),
        ("fcntl owner", (72, 0, 8, parent)),
        ("socket", (41, 2, 1, 0)),
        ("io_uring", (425, 1, 0)),
        ("bpf", (321, 0, 0, 0)),
        ("userfaultfd", (323, 0)),
        ("perf_event_open", (298, 0, 0, -1, -1, 0)),
        ("seccomp", (317, 0, 0, 0)),
        ("setsid", (112,)),
        ("setpgid", (109, 0, 0)),
        ("memfd_create", (319, 0, 0)),
        ("timer_create", (222, 0, 0, 0)),
    ]
    if os.uname().machine != "x86_64":
        raise PermissionError("every call was refused")
    for name, (number, *args) in tried:
        result = libc.syscall(number, *(ctypes.c_long(arg) for arg in args))
        if result != -1 or ctypes.get_errno() != 1:
            raise RuntimeError(f"{name} was let through: {result}, {ctypes.get_errno()}")
    raise PermissionError("every call was refused")
