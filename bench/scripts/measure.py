"""Runs a command and prints: wall seconds, CPU seconds, peak resident MB (the kernel's account of the finished process)."""
import os
import sys
import time

begin = time.monotonic()
pid = os.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(pid, 0)
wall = time.monotonic() - begin
if status != 0:
    sys.exit(f"{' '.join(sys.argv[1:])}: exit status {os.waitstatus_to_exitcode(status)}")
print(f"{wall:.2f} {usage.ru_utime + usage.ru_stime:.2f} {usage.ru_maxrss * 1024 / 1e6:.1f}")
