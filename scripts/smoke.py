#!/usr/bin/env python3
"""Runs a bundle's executable for another kind of machine under qemu's user emulation, in the dev host.

    scripts/smoke.py <dev host> <unpacked bundle>

It is activated, takes a phone's request, says `OK` and which platform it is for, and ends in good order. qemu stands in for the machine, not
for its speed: nothing is timed, and everything together has two minutes.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request

from common import Problem, main, read_json, say

PLATFORM = "linux-arm64"
MACHINES = {"linux-arm64": "aarch64", "linux-amd64": "x86_64"}
LIMIT = 120  # seconds for all of it
REQUEST_LIMIT = 30  # seconds for a request


def emulator(platform):
    """qemu for that platform's programs."""
    machine = MACHINES[platform]
    for name in (f"qemu-{machine}-static", f"qemu-{machine}"):
        if shutil.which(name):
            return shutil.which(name)
    raise Problem(f"qemu-{machine}-static is missing (Debian: apt-get install qemu-user-static).")


def wrap(bundle, platform, folder):
    """A program that runs the bundle's executable for that platform. The executable finds its manifest from where it lies."""
    executable = read_json(os.path.join(bundle, "plugin.json"))["server"]["executables"].get(platform)
    if executable is None:
        raise Problem(f"{bundle} has no executable for {platform}: pack it with the target in TARGETS.")
    program = os.path.join(folder, "plugin")
    with open(program, "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\nexec "{emulator(platform)}" "{os.path.join(bundle, executable)}" "$@"\n')
    os.chmod(program, 0o755)
    return program


def get(url):
    """The status and body of an answer."""
    try:
        with urllib.request.urlopen(url, timeout=REQUEST_LIMIT) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def expect(what, seen, wanted):
    if not wanted(seen):
        raise Problem(f"{what} answers {seen}.")


def try_it(host):
    """What the dev host prints says where everything is."""
    urls = {}
    for line in host.stdout:
        found = re.search(r"(https?://\S+?)'?$", line.rstrip())
        if found:
            name = "phone" if "/sip/dnd-on/alice" in line else line.strip().split("http")[0].strip()
            urls.setdefault(name, found.group(1))
        if "Ctrl-C" in line:
            break
    for name in ("Its health", "Its metrics", "phone"):
        if name not in urls:
            raise Problem(f"the dev host did not start the plugin, or said nothing of {name!r}; its words stand above.")
    expect("a phone's request", get(urls["phone"]), lambda seen: seen == (200, ""))
    expect("/status", get(urls["Its health"]), lambda seen: seen == (200, "OK"))
    code, metrics = get(urls["Its metrics"])
    for wanted in (f'platform="{PLATFORM}"', 'switchboard_phone_requests_total{code="200"} 1\n'):
        expect("the metrics' address", (code, metrics), lambda seen, wanted=wanted: seen[0] == 200 and wanted in seen[1])


def run():
    if len(sys.argv) != 3:
        raise Problem("name the dev host's executable and an unpacked bundle.")
    devhost, bundle = (os.path.realpath(path) for path in sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        program = wrap(bundle, PLATFORM, folder)
        host = subprocess.Popen(
            [devhost, "--plugin", program, "--port", "0", "--no-open"], cwd=bundle, stdout=subprocess.PIPE, text=True
        )
        timer = threading.Timer(LIMIT, host.kill)
        timer.start()
        try:
            try_it(host)
            host.send_signal(signal.SIGINT)
            host.stdout.read()
            if host.wait() != 0:
                raise Problem(f"the dev host ended with {host.returncode}.")
        finally:
            timer.cancel()
            host.kill()
            host.wait()
    say(f"the executable for {PLATFORM} runs, takes a phone's request and ends in good order")


if __name__ == "__main__":
    main(run)
