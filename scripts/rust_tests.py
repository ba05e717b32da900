#!/usr/bin/env python3
"""Runs the workspace's Rust tests, all of them even where some fail, and says at the end which failed.

    scripts/rust_tests.py [--again] [--beside <command> …]

--beside runs a command at the same time, with what processor time the tests leave, and waits for it after them: `make test` builds what is
shipped meanwhile, for the tests wait more than they compute. Its output is printed when it is done.

The tests of the whole play real parts together (Asterisk, SIPp, Chromium, several servers), each with time limits of its own, on whatever
cores there are. With --again, which `.ci/run` says, at most MOST_AGAIN of them that failed run once more, alone. What fails then has failed; what passes then is
unsteady, which is printed last and wants mending all the same: it is a bug, of the test or of the product. Other tests have one try.
"""

import argparse
import contextlib
import os
import re
import signal
import subprocess
import tempfile

from common import ROOT, Problem, main, say

WHOLE = "-p switchboard --test integration"
# More than this many that fail at once fail for a reason.
MOST_AGAIN = 3
FAILED = re.compile(r"^test (\S+)(?: - should panic)? \.\.\. FAILED$")
TARGET = re.compile(r"^ +`(-p .*)`$")


def cargo(*arguments):
    """Runs cargo's tests, prints what they print, and answers its status, the tests that failed and the targets that they are in."""
    command = [os.environ.get("CARGO", "cargo"), "test", "--locked", *arguments]
    say(" ".join(command))
    tests, targets = [], []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace") as process:
        for line in process.stdout:
            print(line, end="", flush=True)
            for found, pattern in ((tests, FAILED), (targets, TARGET)):
                match = pattern.match(line.rstrip("\n"))
                if match:
                    found.append(match[1])
    return process.returncode, tests, targets


def leave_the_rest():
    """Gives this process only the time that nobody else wants, where the system knows such a class."""
    if hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    else:
        os.nice(19)


@contextlib.contextmanager
def beside(command):
    """Runs the command while the body runs, and waits for it; ends it where the body fails."""
    if not command:
        yield
        return
    say(f"Beside the tests: {' '.join(command)}")
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        with subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=subprocess.STDOUT, preexec_fn=leave_the_rest, start_new_session=True) as process:
            try:
                yield
            except BaseException:
                os.killpg(process.pid, signal.SIGTERM)
                raise
        said.seek(0)
        print(said.read(), end="", flush=True)
        if process.returncode != 0:
            raise Problem(f"`{' '.join(command)}` failed with status {process.returncode}; what it said stands above.")


def tests(again):
    """Runs the tests, the unsteady ones twice if asked to."""
    code, failed, targets = cargo("--workspace", "--no-fail-fast")
    if code == 0:
        return
    if again and targets == [WHOLE] and 0 < len(failed) <= MOST_AGAIN:
        say(f"Once more, alone: {', '.join(failed)}")
        code, still, _ = cargo(*WHOLE.split(), "--", "--test-threads=1", "--nocapture", "--exact", *failed)
        if code == 0:
            print(f"Unsteady, for they failed once and passed alone: {', '.join(failed)}. Please mend them.", flush=True)
            return
        failed = still or failed
    raise Problem(f"tests failed: {', '.join(failed)}." if failed else f"cargo failed with status {code}; what it said stands above.")


def run():
    parser = argparse.ArgumentParser(description="Runs the workspace's Rust tests.")
    parser.add_argument("--again", action="store_true", help="tests of the whole that fail have a second try, alone")
    parser.add_argument("--beside", nargs=argparse.REMAINDER, default=[], metavar="COMMAND", help="what else is done meanwhile")
    options = parser.parse_args()
    with beside(options.beside):
        tests(options.again)


if __name__ == "__main__":
    main(run)
