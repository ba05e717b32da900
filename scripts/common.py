"""What the other scripts share. Python 3.9 or newer, standard library only."""

import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# Rust's name for a target, and the name under which Mattermost looks for the
# executable: Go's os and architecture.
PLATFORMS = {
    "x86_64-unknown-linux-gnu": "linux-amd64",
    "x86_64-unknown-linux-musl": "linux-amd64",
    "aarch64-unknown-linux-gnu": "linux-arm64",
    "aarch64-unknown-linux-musl": "linux-arm64",
}


class Problem(Exception):
    """A failure that its text explains completely, remedy included."""


def main(run):
    """Runs `run`; a Problem becomes one line on stderr and exit status 1."""
    try:
        run()
    except Problem as problem:
        sys.exit(f"{os.path.basename(sys.argv[0])}: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)


def say(text):
    """Progress goes to stderr: stdout belongs to results."""
    print(text, file=sys.stderr, flush=True)


def output(*command):
    """The stdout of a command that must succeed, without its last line end."""
    try:
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
    except FileNotFoundError:
        raise Problem(f"{command[0]} is not installed or not on PATH.") from None
    except subprocess.CalledProcessError as error:
        raise Problem(f"`{' '.join(command)}` failed with status {error.returncode}.") from None
    return done.stdout.rstrip("\n")


def read_json(name):
    """A JSON file of the project, by its path from the project's root."""
    try:
        with open(os.path.join(ROOT, name), encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        raise Problem(f"{name} is missing.") from None
    except ValueError as error:
        raise Problem(f"{name} is not valid JSON: {error}.") from None


def cargo_metadata(*arguments):
    """What `cargo metadata` says about the workspace."""
    return json.loads(output("cargo", "metadata", "--format-version=1", "--locked", *arguments))
