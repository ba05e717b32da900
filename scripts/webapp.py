#!/usr/bin/env python3
"""The webapp with npm: installs what package-lock.json names where that has not been done, then runs a script of webapp/package.json.

    scripts/webapp.py build|dev-host|lint|test
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys

from common import ROOT, Problem, main, output, read_json, say
from notices import ALLOWED, NAMES, allowed

WEBAPP = os.path.join(ROOT, "webapp")
BUILT = os.path.join(WEBAPP, "dist")
MAIN = "webapp/dist/main.js"  # in a bundle too: plugin.json's webapp.bundle_path
NODE = (18, 19)  # Debian 12's; every package of package-lock.json runs with it
# What files of packages contain that their own notices do not name.
WITHIN = {
    "@twilio/video-processors": (
        "TensorFlow Lite (Apache-2.0): Copyright The TensorFlow Authors",
        "XNNPACK (BSD-3-Clause): Copyright (c) Facebook, Inc. and its affiliates, Copyright Google LLC",
        "MediaPipe's model Selfie Segmentation (Apache-2.0): Copyright Google LLC",
    ),
}
SCRIPTS = ("build", "dev-host", "lint", "test")


def tools():
    """The path of npm, where it and Node.js are there and new enough."""
    wanted = f"Install Node.js {NODE[0]}.{NODE[1]} or newer and npm: https://nodejs.org (Debian 12: apt-get install nodejs npm)."
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise Problem(f"npm is missing, with which the webapp is built. {wanted}")
    found = re.match(r"v(\d+)\.(\d+)", output("node", "--version"))
    if not found or tuple(map(int, found.groups())) < NODE:
        raise Problem(f"Node.js is too old: {output('node', '--version')}. {wanted}")
    return npm


def npm_run(folder, *command):
    """Runs npm in a folder. What it prints goes to stderr."""
    done = subprocess.run([tools(), *command], cwd=folder, stdout=sys.stderr)
    if done.returncode:
        raise Problem(f"`npm {' '.join(command)}` failed in {os.path.relpath(folder, ROOT)}/: see above.")


def install(folder):
    """`npm ci`, unless the packages are those of package-lock.json already."""
    tools()
    with open(os.path.join(folder, "package-lock.json"), "rb") as file:
        wanted = hashlib.sha256(file.read()).hexdigest()
    stamp = os.path.join(folder, "node_modules", ".installed")
    try:
        with open(stamp, encoding="ascii") as file:
            if file.read() == wanted:
                return
    except FileNotFoundError:
        pass
    say(f"npm ci in {os.path.relpath(folder, ROOT)}/")
    npm_run(folder, "ci", "--no-audit", "--no-fund")
    with open(stamp, "w", encoding="ascii") as file:
        file.write(wanted)


def script(name):
    """Runs a script of webapp/package.json with everything it needs."""
    install(WEBAPP)
    if name == "dev-host":
        for version in ("react-17", "react-18"):
            install(os.path.join(WEBAPP, "dev", version))
    npm_run(WEBAPP, "run", "--silent", name)


def built_files():
    """What a bundle has of the webapp: the path in the bundle -> the file."""
    if not os.path.isfile(os.path.join(BUILT, "main.js")):
        raise Problem("webapp/dist/main.js is missing: run `scripts/webapp.py build`.")
    files = {MAIN: os.path.join(BUILT, "main.js")}
    for folder, _, names in os.walk(os.path.join(BUILT, "public")):
        for name in names:
            path = os.path.join(folder, name)
            files[os.path.relpath(path, BUILT)] = path
    return files


def npm_notices():
    """The part of NOTICES.txt for the packages that are in the built webapp; none where all comes from Mattermost."""
    folders = read_json("webapp/dist/packages.json")
    if not folders:
        return b""
    holders, lines = {}, ["", "The webapp of Switchboard contains these packages:", ""]
    for folder in folders:
        package = read_json(f"webapp/{folder}/package.json")
        name, licence = f"{package['name']} {package['version']}", package.get("license") or ""
        if not allowed(licence):
            raise Problem(
                f"the npm package {name} has the licence {licence!r}, which is not in scripts/notices.py "
                f"({', '.join(sorted(ALLOWED))}): use another package, or agree to the licence there."
            )
        lines.append(f"  {name} ({licence})")
        lines += [f"    with {part}" for part in WITHIN.get(package["name"], ())]
        for entry in sorted(os.listdir(os.path.join(WEBAPP, folder))):
            path = os.path.join(WEBAPP, folder, entry)
            if entry.lower().startswith(NAMES) and os.path.isfile(path):
                with open(path, encoding="utf-8", errors="replace") as file:
                    holders.setdefault(file.read().strip(), []).append(f"{package['name']} ({entry})")
    for text, names in holders.items():
        lines += ["", "=" * 79, ", ".join(names), "", text]
    return ("\n".join(lines) + "\n").encode()


def run():
    if sys.argv[1:2] == [] or sys.argv[1] not in SCRIPTS:
        raise Problem(f"say what to run: {', '.join(SCRIPTS)}.")
    script(sys.argv[1])


if __name__ == "__main__":
    main(run)
