#!/usr/bin/env python3
"""clang-tidy over every source of the program, two at a time; a source that has not changed since it passed is not
looked at again (neither it, nor what it includes, nor the rules).

usage: tools/tidy.py BUILD [SOURCE...]      BUILD has been built: its compile commands and dependencies are used
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TIDY = "clang-tidy-19"


def digest(path, known={}):
    if path not in known:
        known[path] = hashlib.sha256(path.read_bytes()).digest()
    return known[path]


def dependencies(build):
    """{object: headers of this project}, as ninja has recorded them."""
    headers, current = {}, None
    out = subprocess.run(["ninja", "-C", build, "-t", "deps"], capture_output=True, text=True, check=True).stdout
    for line in out.splitlines():
        if line and not line.startswith(" "):
            current = headers.setdefault(line.split(":")[0], [])
        elif line.strip():
            path = (pathlib.Path(build) / line.strip()).resolve()
            if ROOT in path.parents:
                current.append(path)
    return headers


def output(entry):
    words = entry["command"].split()
    return words[words.index("-o") + 1]


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    wanted = {pathlib.Path(p).resolve() for p in sys.argv[2:]}
    passed_folder = build / "tidy-passed"
    passed_folder.mkdir(exist_ok=True)
    headers = dependencies(str(build))
    rules = hashlib.sha256((ROOT / ".clang-tidy").read_bytes())
    rules.update(subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout)
    jobs = []
    for entry in json.loads((build / "compile_commands.json").read_text()):
        source = pathlib.Path(entry["file"]).resolve()
        relative = source.relative_to(ROOT).as_posix() if ROOT in source.parents else ""
        if wanted and source not in wanted:
            continue
        if source.suffix != ".cpp" or not relative.startswith(("src/", "apps/")) or "/generated/" in relative:
            continue
        key = rules.copy()
        key.update(entry["command"].encode())
        for path in [source, *sorted(headers.get(output(entry), []))]:
            key.update(path.as_posix().encode() + digest(path))
        mark = passed_folder / key.hexdigest()
        jobs.append((relative, mark))
    jobs = sorted(set(jobs))
    due = [job for job in jobs if not job[1].exists()]

    # The analyser walks into Boost's coroutine frames and takes their pointers for unset: what is found in a header of
    # the system is not ours to mend.
    def has_fault(run):
        places = re.findall(r"^(\S+?):\d+:\d+: error:", run.stdout, re.M)
        return run.returncode != 0 and (not places or any(ROOT in pathlib.Path(p).parents for p in places))

    def check(job):
        relative, mark = job
        run = subprocess.run([TIDY, "-p", build, "--quiet", relative], cwd=ROOT, capture_output=True, text=True)
        if not has_fault(run):
            mark.touch()
        return relative, run

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("GRIDPILOT_JOBS", os.cpu_count()))) as pool:
        for relative, run in pool.map(check, due):
            if has_fault(run):
                failed += 1
                print(run.stdout, file=sys.stderr)
                if "error:" not in run.stdout:
                    print(f"{relative}: {run.stderr}", file=sys.stderr)
    print(f"clang-tidy: {len(jobs)} sources, {len(jobs) - len(due)} unchanged, {failed} with faults")
    sys.exit(1 if failed else 0)


main()
