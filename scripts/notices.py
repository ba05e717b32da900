"""The licences of the crates that are linked into the plugin, for the bundle's NOTICES.txt.

Their licences ask that the notices travel with the binary. Also checks that no
licence is among them that has not been agreed to.
"""

import os
import re

from common import Problem, cargo_metadata

# Any one of these is enough where a crate offers a choice.
ALLOWED = {
    "0BSD",
    "Apache-2.0",
    "Apache-2.0-WITH-LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
}
# What is in the plugin and in no crate that it links.
DATA = ("metadata of libphonenumber, in part (Apache-2.0): Copyright (C) The Libphonenumber Authors",)
NAMES = ("license", "licence", "copying", "notice", "unlicense")


def allowed(expression):
    """Whether an SPDX expression, or crates.io's older form with a slash, can be met from ALLOWED."""
    words = re.findall(r"[()]|[^\s()]+", expression.replace("/", " OR ").replace(" WITH ", "-WITH-"))

    def take(word):
        return words[:1] == [word] and bool(words.pop(0))

    def either():
        met = both()
        while take("OR"):
            met = both() or met
        return met

    def both():
        met = one()
        while take("AND"):
            met = one() and met
        return met

    def one():
        if take("("):
            met = either()
            return take(")") and met
        return words.pop(0) in ALLOWED

    try:
        return either() and not words
    except IndexError:  # A term is missing.
        return False


def linked(target):
    """The packages from registries that a build of the plugin for `target` links."""
    metadata = cargo_metadata("--filter-platform", target)
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    start = next(package["id"] for package in metadata["packages"] if package["name"] == "switchboard")
    seen, waiting = set(), [start]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        for dependency in nodes[current]["deps"]:
            if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                waiting.append(dependency["pkg"])
    return [packages[name] for name in seen if packages[name]["source"] is not None]


def check(packages):
    """Refuses a licence that is not among those agreed to."""
    for package in packages:
        if not allowed(package["license"] or ""):
            raise Problem(
                f"{package['name']} {package['version']} has the licence {package['license']!r}, which is not in "
                "scripts/notices.py: use another crate, or agree to the licence there."
            )


def notices(targets):
    """The text of NOTICES.txt."""
    packages = {package["id"]: package for target in targets for package in linked(target)}.values()
    packages = sorted(packages, key=lambda package: (package["name"], package["version"]))
    check(packages)
    holders, lines = {}, ["Switchboard contains these crates:", ""]
    for package in packages:
        lines.append(f"  {package['name']} {package['version']} ({package['license']})")
        folder = os.path.dirname(package["manifest_path"])
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name)
            if name.lower().startswith(NAMES) and os.path.isfile(path):
                with open(path, encoding="utf-8", errors="replace") as file:
                    holders.setdefault(file.read().strip(), []).append(f"{package['name']} ({name})")
    lines += ["", "and this data:", "", *(f"  {data}" for data in DATA)]
    for text, names in holders.items():
        lines += ["", "=" * 79, ", ".join(names), "", text]
    return ("\n".join(lines) + "\n").encode()
