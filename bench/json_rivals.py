#!/usr/bin/env python3
"""Runs bench_json and measures Python's JSON libraries over the same documents, in one go.

    bench/json_rivals.py [build/bench/bench/bench_json]

Every figure is CPU time (a loaded machine then distorts little), the least of several runs. All sides end in the same
typed records: what Python's libraries load is turned into tuples of times and numbers, in the fastest way we know; the
bare loading into dicts is printed beside it. Libraries are looked for in every Python on the path and in Debian's; one
that is nowhere is left out. Exit 1 where a figure to reach is missed.
"""

import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

# What docs/performance.md promises: gridpilot is at least so many times faster.
TARGETS = {
    ("parse", "rapidjson"): 1.5, ("parse", "ujson"): 4.0, ("parse", "orjson"): 3.0, ("parse", "python json"): 10.0,
    ("write", "rapidjson"): 1.5, ("write", "ujson"): 2.0, ("write", "orjson"): 1.5, ("write", "python json"): 8.0,
}

MEASURE = """
import sys, time
module, folder = sys.argv[1:]
import importlib
from datetime import datetime
if sys.version_info >= (3, 11):
    utc_time = datetime.fromisoformat
else:
    def utc_time(text):
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
library = importlib.import_module(module)
def least(work, least_runs, seconds):
    best, started, runs = 1e9, time.perf_counter(), 0
    while runs < least_runs or time.perf_counter() - started < seconds:
        before = time.process_time()
        work()
        best = min(best, time.process_time() - before)
        runs += 1
    return best
for name in ("readings", "prices"):
    data = open(f"{folder}/{name}.json", "rb").read()
    repeat = 1 if name == "readings" else 200
    def parse():
        for _ in range(repeat):
            library.loads(data)
    print("load", name, least(parse, 3, 2.0) / repeat)
    def typed():
        for _ in range(repeat):
            if name == "readings":
                for row in library.loads(data):
                    row["time"] = utc_time(row["time"])
                    tuple(row.values())
            else:
                [(utc_time(row["dtime_utc"]), utc_time(row["dtime"]), round(row["csdac_pln"] * 1000000),
                  utc_time(row["business_date"]), utc_time(row["publication_ts_utc"]), utc_time(row["publication_ts"]))
                 for row in library.loads(data)["value"]]
    print("parse", name, least(typed, 3, 2.0) / repeat)
    value = library.loads(data)
    def write():
        for _ in range(repeat):
            library.dumps(value)
    if name == "readings":
        print("write", name, least(write, 3, 2.0))
"""


def pythons():
    found = [sys.executable, "/usr/bin/python3"]
    for folder in os.environ.get("PATH", "").split(":"):
        found += sorted(glob.glob(f"{folder}/python3*"))
    unique = []
    for python in found:
        if python not in unique and os.access(python, os.X_OK) and "config" not in os.path.basename(python):
            unique.append(python)
    return unique


def python_that_has(module):
    for python in pythons():
        if subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode == 0:
            return python
    return None


def measure_python(module, folder):
    python = python_that_has(module)
    if python is None:
        return {}
    out = subprocess.run([python, "-c", MEASURE, module, folder], capture_output=True, text=True, check=True).stdout
    return {tuple(line.split()[:2]): float(line.split()[2]) for line in out.splitlines()}


def measure_program(program, folder):
    out = subprocess.run(
        [program, "--benchmark_format=json", "--benchmark_repetitions=5", "--benchmark_min_time=0.2",
         "--benchmark_filter=parse|write|ring"],
        capture_output=True, text=True, check=True, env={**os.environ, "GRIDPILOT_BENCH_DOCUMENTS": folder}).stdout
    units = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3}
    least = {}
    for run in json.loads(out)["benchmarks"]:
        if run["run_type"] == "iteration":
            seconds = run["cpu_time"] * units[run["time_unit"]]
            least[run["run_name"]] = min(least.get(run["run_name"], 1e9), seconds)
    return least


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else "build/bench/bench/bench_json"
    if not shutil.which(program):
        sys.exit(f"{program}: not built (./dev bench builds it)")
    with tempfile.TemporaryDirectory() as folder:
        ours = measure_program(program, folder)
        rivals = {name: measure_python(module, folder)
                  for name, module in (("ujson", "ujson"), ("orjson", "orjson"), ("python json", "json"))}
        size = {name: os.path.getsize(f"{folder}/{name}.json") for name in ("readings", "prices")}
    missed = 0
    print("| job | gridpilot | rival | its time | times faster | to reach | bare loading, times faster |")
    print("|---|---:|---|---:|---:|---:|---:|")
    for work, name in (("parse", "prices"), ("parse", "readings"), ("write", "readings")):
        own = ours[f"{work}_{name}_gridpilot"]
        # RapidJSON by the fastest of its ways.
        ways = [seconds for run, seconds in ours.items() if run.startswith(f"{work}_{name}_rapidjson")]
        times = {"rapidjson": min(ways), **{rival: found.get((work, name)) for rival, found in rivals.items()}}
        for rival, seconds in times.items():
            target = TARGETS[(work, rival)]
            if seconds is None:
                print(f"| {work} {name} | | {rival} | not on this machine | | {target} | |")
                continue
            missed += seconds / own < target
            load = rivals.get(rival, {}).get(("load", name)) if work == "parse" else None
            bare = f"{load / own:.1f}" if load else ""
            print(f"| {work} {name} | {own * 1e6:,.0f} µs ({size[name] / own / 1e6:,.0f} MB/s) | {rival} "
                  f"| {seconds * 1e6:,.0f} µs | {seconds / own:.1f} | {target} | {bare} |")
    for run, seconds in ours.items():
        if run.startswith("ring"):
            print(f"\n{run}: {seconds * 1e9:,.1f} ns")
    on_demand = ours.get("parse_readings_simdjson_on_demand")
    if on_demand:
        print(f"\nsimdjson on-demand, readings: {on_demand * 1e6:,.0f} µs")
    sys.exit(1 if missed else 0)


main()
