#!/usr/bin/env python3
"""Holds the tree to the rules of docs/architecture.md and CONTRIBUTING.md that a compiler does not check.

The table of rooms in docs/architecture.md is the source: every include and every LINK list follows its arrows. Beside
that: what pure rooms may not include, words that are banned somewhere, and the size of files. Exit 1 with a line each.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = ROOT / "src/gridpilot"
PURE = {"core", "domain", "tariff", "forecast", "planner", "control", "ledger", "codec", "plant", "study"}
IMPURE_HEADERS = re.compile(
    r"#include <(boost/|asio|sqlite3|curl/|spdlog/|fmt/|fstream|filesystem|thread|mutex|shared_mutex|condition_variable|"
    r"future|coroutine|ctime|sys/|unistd\.h|time\.h|iostream)")
MAX_HEADER, MAX_SOURCE, MAX_MAIN = 250, 500, 60

faults = []


def fault(path, line, sentence):
    faults.append(f"{path.relative_to(ROOT)}:{line}: {sentence}")


def drawn_rooms():
    """{room: rooms it may include}, closed over the arrows."""
    text = (ROOT / "docs/architecture.md").read_text()
    block = text.split("## Rooms", 1)[1].split("```")[1]
    direct = {}
    for line in block.strip().splitlines():
        found = re.match(r"([a-z_/]+)/\s.*→ ([^→]+)$", line)
        if not found:
            sys.exit(f"docs/architecture.md: this line of the table is not understood: {line}")
        targets = found.group(2).strip()
        direct[found.group(1)] = None if targets == "all" else set() if targets.startswith("(") else set(targets.split())
    rooms = {}

    def reach(room):
        if room not in rooms:
            rooms[room] = set(direct) if direct[room] is None else set()
            for target in direct[room] or ():
                if target not in direct:
                    sys.exit(f"docs/architecture.md: {room} points to {target}, which is not drawn")
                rooms[room] |= {target} | reach(target)
        return rooms[room]

    for room in direct:
        reach(room)
    return direct, rooms


def room_of(path, rooms):
    """The room a path inside src/gridpilot lies in: the longest one drawn ("inverter/goodwe" before "inverter")."""
    parts = pathlib.PurePosixPath(path).parts
    for length in range(len(parts) - 1, 0, -1):
        name = "/".join(parts[:length])
        if name in rooms:
            return name
    return None


def check_includes(path, rooms):
    here = room_of(path.relative_to(SOURCES).as_posix(), rooms)
    if here is None:
        return fault(path, 1, "lies in no room of docs/architecture.md")
    for number, line in enumerate(path.read_text().splitlines(), 1):
        include = re.match(r'\s*#\s*include "([^"]+)"', line)
        if include:
            if not include.group(1).startswith("gridpilot/"):
                fault(path, number, f'include "{include.group(1)}" as gridpilot/<room>/<file>')
                continue
            target = room_of(include.group(1).removeprefix("gridpilot/"), rooms)
            if target is None:
                fault(path, number, f"includes {include.group(1)}, which lies in no drawn room")
            elif target != here and target not in rooms[here]:
                fault(path, number, f"{here} may not include {target} (arrows in docs/architecture.md)")
        if here in PURE:
            if IMPURE_HEADERS.match(line):
                fault(path, number, f"{here} is pure and may not include {line.split()[-1]}")
            if re.search(r"\b(system_clock|steady_clock|high_resolution_clock)::now\b|\bco_await\b|\bco_return\b", line):
                fault(path, number, f"{here} is pure: no clock, no coroutine")


def check_links(direct, rooms):
    for path in SOURCES.rglob("CMakeLists.txt"):
        text = re.sub(r"#.*", "", path.read_text())
        for call in re.finditer(r"gridpilot_room\(\s*(\w+)\s+(PURE)?(.*?)\)", text, re.S):
            name = call.group(1).replace("inverter_", "inverter/")
            if name not in rooms:
                fault(path, 1, f"room {name} is not drawn in docs/architecture.md")
                continue
            if (name in PURE) != bool(call.group(2)):
                fault(path, 1, f"room {name} is {'' if name in PURE else 'not '}PURE in docs/architecture.md")
            for target in re.findall(r"gridpilot::(\w+)", call.group(3)):
                target = target.replace("inverter_", "inverter/")
                if target not in rooms[name]:
                    fault(path, 1, f"{name} links {target} against the arrows of docs/architecture.md")


# What may stand only where the last column says. Comments count too, except where a rule is about a number.
BANNED = [
    (r"\bsystem_clock::now\(\)", ("src", "apps"), "the time of day is asked for in os/clock.cpp alone", {"src/gridpilot/os/clock.cpp"}),
    (r"\bdetached\b", ("src", "apps", "tests"), "a coroutine has an owner: spawn it in a task group", set()),
    (r"\bsleep_(for|until)\b|\bu?sleep\(|\bnanosleep\(", ("src", "apps", "tests"), "nothing sleeps: wait on state or on a timeline", set()),
    (r"\bio_context::stop\(|\.stop\(\)\s*;\s*//\s*io_context", ("src",), "shutdown cancels and drains", set()),
    (r"\bNOLINT(NEXTLINE|BEGIN)?\b(?!\()", ("src", "apps"), "a NOLINT names its check", set()),
]
# A day has 92, 96 or 100 quarters. Numbers that are something else stand here with what they are.
NOT_SLOTS_A_DAY = {
    "src/gridpilot/codec/goodwe/generated/enumerations.cpp",  # a code of the maker's
}


def without_comment(line):
    return re.sub(r"//.*", "", line)


def check_words(path):
    relative = path.relative_to(ROOT).as_posix()
    for number, line in enumerate(path.read_text().splitlines(), 1):
        for pattern, folders, sentence, allowed in BANNED:
            if relative.split("/")[0] in folders and relative not in allowed and re.search(pattern, line):
                fault(path, number, sentence)
        if relative.split("/")[0] in ("src", "apps") and relative not in NOT_SLOTS_A_DAY:
            if re.search(r"(?<![\w.'])96(?![\w.'])", without_comment(line)):
                fault(path, number, "a day does not always have 96 quarters: ask TimeZone::slots_of")


def check_size(path):
    relative = path.relative_to(ROOT).as_posix()
    if "/generated/" in relative:
        return
    lines = path.read_text().count("\n")
    limit = MAX_MAIN if path.name == "main.cpp" else MAX_HEADER if path.suffix == ".hpp" else MAX_SOURCE
    if relative.startswith("tests/"):
        limit = 2 * MAX_SOURCE  # cases are long and read one by one
    if lines > limit:
        fault(path, lines, f"longer than {limit} lines")


def main():
    direct, rooms = drawn_rooms()
    files = [p for folder in ("src", "apps", "tests", "fuzz", "bench") for p in sorted((ROOT / folder).rglob("*"))
             if p.suffix in (".hpp", ".cpp")]
    for path in files:
        if SOURCES in path.parents:
            check_includes(path, rooms)
        check_words(path)
        check_size(path)
    check_links(direct, rooms)
    for line in faults:
        print(line, file=sys.stderr)
    print(f"check_arrows: {len(files)} files, {len(faults)} faults")
    sys.exit(1 if faults else 0)


main()
