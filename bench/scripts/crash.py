"""Interrupts and kills `highwater pipe IN gzip OUT.gz --force` at seeded moments; checks exit code, target and leftovers."""
import gzip
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

root, moments, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
command = os.path.join(root, "highwater")
java = os.path.join(root, "target/home/runtime/bin/java")
print(f"seed {seed}")
failures = 0


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def fail(what):
    global failures
    failures += 1
    print("FAIL", what)


with tempfile.TemporaryDirectory() as work:
    source = os.path.join(work, "in.log")
    target = os.path.join(work, "out.gz")
    with open(source, "wb") as file:
        subprocess.run([java, os.path.join(root, "bench/scripts/LogText.java"), "text", "60000000"], stdout=file, check=True)
    with open(target, "wb") as file:
        file.write(gzip.compress(b"the old target\n", mtime=0))
    old = digest(target)
    begin = time.monotonic()
    subprocess.run([command, "pipe", "--quiet", source, "gzip", os.path.join(work, "whole.gz")], check=True)
    duration = time.monotonic() - begin
    new = digest(os.path.join(work, "whole.gz"))
    os.remove(os.path.join(work, "whole.gz"))
    print(f"an undisturbed run takes {duration:.2f} s")
    for name in ("SIGINT", "SIGKILL"):
        moment = random.Random(f"{seed}-{name}")
        outcomes = {}
        for i in range(moments):
            with open(target, "wb") as file:
                file.write(gzip.compress(b"the old target\n", mtime=0))
            child = subprocess.Popen(
                [command, "pipe", "--force", "--quiet", source, "gzip", target],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
            at = moment.uniform(0, duration * 1.05)
            time.sleep(at)
            child.send_signal(getattr(signal, name))
            out, err = child.communicate(timeout=20)
            code = child.returncode
            now = digest(target)
            state = "old" if now == old else "new" if now == new else "NEITHER"
            left = [f for f in os.listdir(work) if f not in ("in.log", "out.gz")]
            where = f"{name} {i} at {at:.3f} s: exit {code}, target {state}, left {left}, stderr {err!r}"
            outcomes[(code, state)] = outcomes.get((code, state), 0) + 1
            if out or state == "NEITHER":
                fail(where)
            if name == "SIGINT":
                # Before the JVM has its handlers the shell's or the JVM's default ends the process by the signal itself.
                # One that comes when all is done finds the new target, and the line says that it is complete.
                late = code == 130 and state == "new" and b"is complete" in err
                if left or code not in (0, 130, -2) or ((code == 0) != (state == "new") and not late):
                    fail(where)
                if code == 130 and err.count(b"\n") > 1:
                    fail(where)
            elif any(not f.startswith(".out.gz.highwater-") for f in left):
                fail(where)
            elif left:
                # The next run says that it found a leftover, and with --force removes it.
                again = subprocess.run([command, "pipe", "--force", source, "gzip", target], capture_output=True)
                if again.returncode != 0 or b".highwater-" not in again.stderr or digest(target) != new:
                    fail(f"{where}; the next run: exit {again.returncode}, {again.stderr!r}")
                for f in os.listdir(work):
                    if f not in ("in.log", "out.gz"):
                        fail(f"{where}; the next run left {f}")
                        os.remove(os.path.join(work, f))
        print(name, ", ".join(f"{n} × exit {c} with the {s} target" for (c, s), n in sorted(outcomes.items())))
print("crash: " + ("all whole" if failures == 0 else f"{failures} failures"))
sys.exit(1 if failures else 0)
