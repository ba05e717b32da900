"""The warnings and errors that the plugin writes into the server's log, compared with docs/log.md.

A line is known by its message, which is a constant: what differs from time to time stands in its fields. So an admin can
watch for it, and it may only change together with its line in docs/log.md, where it says what it means.
"""

import os
import re

from common import ROOT, output

DOCUMENT = "docs/log.md"
FOLDERS = ("src", "crates/mattermost-plugin/src", "crates/go-plugin/src")
CALL = re.compile(r"tracing::(warn|error)!\s*\(")
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)


def arguments(text, start):
    """What stands between a call's parentheses, and its strings' places in it."""
    depth, at, strings = 1, start, []
    while depth and at < len(text):
        found = STRING.match(text, at)
        if found:
            strings.append((depth, at, found.group(1)))
            at = found.end()
            continue
        depth += {"(": 1, "{": 1, "[": 1, ")": -1, "}": -1, "]": -1}.get(text[at], 0)
        at += 1
    return text[start : at - 1], strings


def messages(text):
    """Each warning's and error's level and message in a source file, up to its tests."""
    text = re.split(r"^#\[cfg\(test\)\]\s*mod \w+ \{", text, maxsplit=1, flags=re.MULTILINE)[0]
    for call in CALL.finditer(text):
        _, strings = arguments(text, call.end())
        # The message is a bare string among the arguments, and not a field's value.
        bare = [s for depth, at, s in strings if depth == 1 and text[:at].rstrip().endswith((",", "("))]
        if bare:
            yield call.group(1), re.sub(r"\\\n\s*", "", bare[0]).replace('\\"', '"')


def in_sources():
    """Message -> (level, file) of all that is shipped."""
    found = {}
    for name in output("git", "ls-files", *(f"{folder}/*.rs" for folder in FOLDERS)).splitlines():
        path = os.path.join(ROOT, name)
        if "/tests" in name or name.endswith("tests.rs") or not os.path.isfile(path):
            continue
        with open(path, encoding="utf-8") as file:
            for level, message in messages(file.read()):
                found.setdefault((level, message), []).append(name)
    return found


def documented(text):
    """The levels and messages of the table."""
    return re.findall(r"^\| (warn|error) \| `` (.*?) `` \|", text, re.MULTILINE)


def check(found):
    """Appends what is wrong to `found`."""
    with open(os.path.join(ROOT, DOCUMENT), encoding="utf-8") as file:
        told = documented(file.read())
    used = in_sources()
    for level, message in sorted(used.keys() - set(told)):
        found.append(f"{DOCUMENT} lacks the {level} {message!r} of {used[level, message][0]}: say what it means.")
    for level, message in sorted(set(told) - used.keys()):
        found.append(f"{DOCUMENT} has the {level} {message!r}, which nothing writes.")
    for line in sorted(line for line in set(told) if told.count(line) > 1):
        found.append(f"{DOCUMENT} has {line[1]!r} twice.")
