#!/usr/bin/env python3
"""Runs a bundle's executable for another kind of machine under qemu's user emulation, in the dev host.

    scripts/smoke.py <dev host> <unpacked bundle>

It is activated, takes phones' requests, shows the call on the board, its page and its websocket, says `OK` and which platform it is for, and ends in
good order. qemu stands in for the machine, not for its speed: nothing is timed, and everything together has two minutes.
"""

import base64
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.parse
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


class Socket:
    """A websocket (RFC 6455), as far as it takes to read texts."""

    def __init__(self, url):
        place = urllib.parse.urlsplit(url)
        self.connection = socket.create_connection((place.hostname, place.port), timeout=REQUEST_LIMIT)
        self.stream = self.connection.makefile("rb")
        key = base64.b64encode(os.urandom(16)).decode()
        self.connection.sendall(
            f"GET {place.path}?{place.query} HTTP/1.1\r\nHost: {place.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        head = [line.decode().strip() for line in iter(self.stream.readline, b"\r\n") if line]
        accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
        if " 101 " not in head[0] or f"sec-websocket-accept: {accept}".lower() not in [line.lower() for line in head]:
            raise Problem(f"the board's websocket answers {head}.")

    def texts(self):
        """What is told, as JSON; nothing more once it is closed."""
        while True:
            kind, size = self.read(2)
            if size > 125:
                size = int.from_bytes(self.read(2 if size == 126 else 8), "big")
            content = self.read(size)
            if kind == 0x81:  # A whole text; a server's has no mask.
                yield json.loads(content)
            elif kind & 0x0F == 8:
                raise Problem(f"the board's websocket is closed: {content!r}.")

    def read(self, size):
        content = self.stream.read(size)
        if len(content) < size:
            raise Problem("the board's websocket ends.")
        return content

    def close(self):
        self.stream.close()
        self.connection.close()


def board(address, secret):
    """A call that rings is on the board, its page and its websocket, and is gone from there when it ends."""

    def url(path):
        return f"{address}{path}{'&' if '?' in path else '?'}secret={secret}"

    def bob(lines):
        return [[call["state"] for call in line["calls"]] for line in lines if line["user"] == "bob"]

    def until(what, wanted):
        for told in told_of:
            if wanted(told):
                return
        raise Problem(f"the board's websocket does not tell {what}.")

    live = Socket(url("/api/v1/board/ws"))
    told_of = live.texts()
    expect("the board's websocket", next(told_of), lambda seen: "board" in seen)
    expect("a phone's request", get(url("/sip/incoming-call/bob/0240404040?call_id=7")), lambda seen: seen == (200, ""))
    until("that bob's line rings", lambda told: bob([told["line"]] if "line" in told else []) == [["ringing"]])
    code, text = get(url("/api/v1/board"))
    expect("/api/v1/board", (code, text), lambda seen: seen[0] == 200 and bob(json.loads(seen[1])["lines"]) == [["ringing"]])
    expect("the board's page", get(url("/dashboard")), lambda seen: seen[0] == 200 and "0240404040" in seen[1])
    expect("a phone's request", get(url("/sip/call-terminated/bob?call_id=7")), lambda seen: seen == (200, ""))
    until("that bob's call ended", lambda told: bob([told["line"]] if "line" in told else []) == [[]])
    live.close()


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
    expect("/status", get(urls["Its health"]), lambda seen: seen[0] == 200 and seen[1].splitlines()[0] == "OK")
    address, secret = urls["phone"].split("/sip/")[0], urls["phone"].split("secret=")[1]
    board(address, secret)
    code, metrics = get(urls["Its metrics"])
    for wanted in (f'platform="{PLATFORM}"', 'switchboard_phone_requests_total{code="200"} 3\n'):
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
    say(f"the executable for {PLATFORM} runs, takes phones' requests, shows a call on the board and its websocket, and ends in good order")


if __name__ == "__main__":
    main(run)
