#!/usr/bin/env python3
"""Fuzzes the targets of fuzz/, each for some seconds, some at a time.

    scripts/fuzz.py [--seconds 60] [--jobs 2] [--fixed] [target …]
    scripts/fuzz.py --build   builds all and runs none

With --fixed each target has the same inputs each time: so many as are told here, as far as the seconds allow. All are built once, by the Rust that builds everything else: libFuzzer needs no more of the compiler than that it counts which edges are taken.
What is found worth keeping goes to fuzz/corpus/<target> (but with --fixed), an input with which something does not hold to fuzz/artifacts/<target>.
"""

import argparse
import os
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from common import ROOT, Problem, main, output, say

FUZZ = os.path.join(ROOT, "fuzz")
MAX_LEN = 4096  # bytes of an input; the test `seeds_are_played` holds seeds to it
TIMEOUT = 10  # seconds for one input
FIXED_TIMEOUT = 60  # the same with --fixed: a machine that stands still for some seconds is no fault of an input
FIXED_SEED = 1  # what --fixed makes inputs of
# How many inputs each target has with --fixed: a little less than a minute of a core at 2.5 GHz.
FIXED_RUNS = {
    "ami": 41_000,
    "gob_decode": 630_000,
    "numbers": 40_000,
    "ovh": 240_000,
    "phone_urls": 480_000,
    "polycom": 480_000,
    "yamux": 240_000,
}
RSS_MB = 512  # memory of a whole run; what one input may take is in fuzz_targets
SHOWN_LINES = 60  # of a target that failed
# The same that cargo-fuzz gives, without a sanitizer: no code of ours is unsafe.
COVERAGE = [
    "--cfg",
    "fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
]


def targets():
    """The names of all targets."""
    return sorted(name.removesuffix(".rs") for name in os.listdir(os.path.join(FUZZ, "fuzz_targets")))


def build(names):
    """Builds these targets; where their executables are."""
    triple = output("rustc", "--print", "host-tuple")
    manifest = os.path.join(FUZZ, "Cargo.toml")
    command = [os.environ.get("CARGO", "cargo"), "build", "--release", "--locked", "--manifest-path", manifest]
    # With a target named, the flags are not for build scripts.
    command += ["--target", triple, *(word for name in names for word in ("--bin", name))]
    environment = {**os.environ, "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(COVERAGE)}
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode != 0:
        raise Problem("the targets cannot be built: see above. libFuzzer is C++: a c++ is needed, too.")
    folder = os.environ.get("CARGO_TARGET_DIR", os.path.join(FUZZ, "target"))
    return os.path.join(folder, triple, "release")


def command_for(folder, name, seconds, fixed):
    """How a target is run. Its corpus comes first: what is found is written there. With `fixed` nothing is read but the seeds, in order."""
    here = {kind: os.path.join(FUZZ, kind, name) for kind in ("corpus", "seeds", "artifacts")}
    os.makedirs(here["artifacts"], exist_ok=True)
    limits = [f"-max_len={MAX_LEN}", f"-rss_limit_mb={RSS_MB}", f"-max_total_time={seconds}"]
    told = ["-verbosity=0", "-print_final_stats=1", f"-artifact_prefix={here['artifacts']}/"]
    command = [os.path.join(folder, name), *limits, *told]
    if fixed:
        seeds = ",".join(os.path.join(here["seeds"], seed) for seed in sorted(os.listdir(here["seeds"])))
        # What is compared in the code may be an address, which is another one each time: nothing is made of that.
        once = [f"-seed={FIXED_SEED}", f"-runs={FIXED_RUNS[name]}", f"-timeout={FIXED_TIMEOUT}", "-reload=0", "-use_cmp=0"]
        return [*command, *once, f"-seed_inputs={seeds}"]
    os.makedirs(here["corpus"], exist_ok=True)
    return [*command, f"-timeout={TIMEOUT}", here["corpus"], here["seeds"]]


def verdict(name, code, text, seconds, wanted=None):
    """What is said of a run, and whether it went well. `wanted` is how many inputs it should have had."""
    runs = re.search(r"^stat::number_of_executed_units:\s*(\d+)", text, re.MULTILINE)
    if code == 0 and runs and int(runs[1]) > 0:
        of = f" of {wanted:,}" if wanted and int(runs[1]) < wanted else ""
        return f"{name}: {int(runs[1]):,}{of} inputs in {seconds:.0f} s, all of it holds", True
    lines = "\n".join(f"  {line}" for line in text.splitlines()[-SHOWN_LINES:])
    return f"{name}: failed, with code {code}\n{lines}", False


def run():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--fixed", action="store_true")
    parser.add_argument("--build", action="store_true")
    parser.add_argument("names", nargs="*", metavar="target")
    options = parser.parse_args()
    names = options.names or targets()
    for name in names:
        if name not in targets():
            raise Problem(f"there is no target {name}; there are {', '.join(targets())}.")
    began = time.monotonic()
    folder = build(names)
    if options.build:
        return
    most = "at most " if options.fixed else ""
    say(f"built in {time.monotonic() - began:.0f} s; each target runs for {most}{options.seconds} s, {options.jobs} at a time")
    printing = threading.Lock()

    def fuzz(name):
        began = time.monotonic()
        command = command_for(folder, name, options.seconds, options.fixed)
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
        wanted = FIXED_RUNS[name] if options.fixed else None
        said, well = verdict(name, done.returncode, done.stdout, time.monotonic() - began, wanted)
        with printing:  # All that is said of a target stands together.
            print(said, flush=True)
        return well

    with ThreadPoolExecutor(options.jobs) as pool:
        failed = [name for name, well in zip(names, pool.map(fuzz, names)) if not well]
    if failed:
        print(f"an input that shows it: fuzz/artifacts/<target>; fuzz/README.md says how to play it. Failed: {', '.join(failed)}", file=sys.stderr)
        raise SystemExit(1)


if __name__ == "__main__":
    main(run)
