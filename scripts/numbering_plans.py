#!/usr/bin/env python3
"""Writes src/number/plans.txt: of every country's numbering plan what it takes to tell forms of one number.

    scripts/numbering_plans.py

The source is the metadata of Google's libphonenumber, in the crate rlibphonenumber, which the tests here use. Run it
after `cargo update -p rlibphonenumber`; the tests then compare the two.
"""

import os
import re

from common import ROOT, Problem, cargo_metadata, main, say

CRATE = "rlibphonenumber"
OUTPUT = os.path.join("src", "number", "plans.txt")
HEAD = """\
# The world's numbering plans, from the metadata of Google's libphonenumber (Apache-2.0), by way of {crate} {version}.
# Made by scripts/numbering_plans.py; src/number/territory.rs says what the columns are.
"""

# Fields of the messages in libphonenumber's phonemetadata.proto.
COLLECTION_METADATA = 1
GENERAL, FIXED_LINE = 1, 2
ID, CALLING_CODE, INTERNATIONAL_PREFIX = 9, 10, 11
NATIONAL_PREFIX_FOR_PARSING, TRANSFORM_RULE, MAIN = 15, 16, 22
PATTERN, EXAMPLE, LENGTHS, LOCAL_LENGTHS = 2, 6, 9, 10


def fields(message):
    """Protocol buffers' wire format: field number -> values, as integers or bytes."""
    found, at = {}, 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(message):
        key = varint()
        number, kind = key >> 3, key & 7
        if kind == 0:
            value = varint()
        elif kind == 2:
            length = varint()
            value = message[at : at + length]
            at += length
        else:
            raise Problem(f"the metadata has a field of wire type {kind}, which is not understood.")
        found.setdefault(number, []).append(value)
    return found


def integers(values):
    """Repeated integers, packed or not; -1 stands for none at all."""
    numbers = []
    for value in values:
        if isinstance(value, int):
            numbers.append(value)
        else:
            numbers += value  # Packed, and each below 128.
    return [number for number in numbers if number < 32]


def text(message, field):
    """A text without the blanks with which the metadata breaks lines."""
    return re.sub(r"\s", "", message.get(field, [b""])[0].decode())


def pattern(regex):
    """A regular expression in the notation of src/number/pattern.rs, which has only what these need."""
    # The crate has them whole; where they are to fit is for who matches.
    whole = re.fullmatch(r"\^\(\?:(.*)\)\$", regex)
    short = (whole.group(1) if whole else regex).replace("\\d", "d")
    # Groups that capture stand in <>, the others in ().
    out, open_groups, at = "", [], 0
    while at < len(short):
        if short.startswith("(?:", at):
            out, at = out + "(", at + 3
            open_groups.append(")")
            continue
        char = short[at]
        if char == "(":
            open_groups.append(">")
            char = "<"
        elif char == ")":
            char = open_groups.pop()
        out, at = out + char, at + 1
    if not re.fullmatch(r"(?:[0-9d|<>()?$]|\[[0-9-]+\]|\{\d+(?:,\d+)?\})*", out):
        raise Problem(f"the metadata has a pattern that is not understood: {regex}")
    return out or "-"


def mask(lengths):
    """Lengths as a number whose bits they are."""
    return format(sum(1 << length for length in set(lengths)), "x")


def line(territory):
    """A territory's line."""
    general = fields(territory[GENERAL][0])
    fixed = fields(territory.get(FIXED_LINE, [b""])[0])
    example = text(fixed, EXAMPLE) or text(general, EXAMPLE)
    rule = text(territory, TRANSFORM_RULE)
    return " ".join(
        [
            text(territory, ID),
            str(territory[CALLING_CODE][0]),
            "1" if territory.get(MAIN, [0])[0] else "0",
            pattern(text(territory, INTERNATIONAL_PREFIX)),
            pattern(text(territory, NATIONAL_PREFIX_FOR_PARSING)),
            rule or "-",
            mask(integers(general.get(LENGTHS, []))),
            mask(integers(general.get(LOCAL_LENGTHS, []))),
            str(len(example)),
            pattern(text(general, PATTERN)),
        ]
    )


def run():
    package = next((p for p in cargo_metadata()["packages"] if p["name"] == CRATE), None)
    if package is None:
        raise Problem(f"the crate {CRATE} is not among the dependencies.")
    folder = os.path.dirname(package["manifest_path"])
    with open(os.path.join(folder, "src", "generated", "metadata", "metadata.bin"), "rb") as file:
        territories = [fields(message) for message in fields(file.read())[COLLECTION_METADATA]]
    lines = sorted(line(territory) for territory in territories)
    with open(os.path.join(ROOT, OUTPUT), "w", encoding="ascii", newline="\n") as file:
        file.write(HEAD.format(crate=CRATE, version=package["version"]))
        file.write("\n".join(lines) + "\n")
    say(f"{OUTPUT}: {len(lines)} numbering plans")


if __name__ == "__main__":
    main(run)
