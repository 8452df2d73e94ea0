#!/usr/bin/env python3
"""Holds the documents to the tree: every path and every qualified name that a document puts into backticks exists, and
so does the target of every link. Exit 1 with a line each."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Made by building or at run time.
MADE = ("build/", "/", "~", "http://", "https://", "$")
MEDIA_TYPES = ("text/", "application/", "image/")
ENDINGS = (".cpp", ".hpp", ".md", ".py", ".sh", ".yaml", ".csv", ".json", ".sql", ".cmake", ".txt", ".mjs", ".tsx", ".css")

faults = []


def tracked():
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    return out.stdout.splitlines()


def is_path(word):
    if re.search(r"[<>*{}|=\s…]", word) or word.startswith(MADE + MEDIA_TYPES):
        return False
    if re.search(r"/[A-Z][A-Z-]+\.", word):  # a file name in capitals stands for many
        return False
    return re.fullmatch(r"\.?/?[\w.-]+(/[\w.-]*)+", word) is not None or word.endswith(ENDINGS)


def main():
    files = tracked()
    folders = {"/".join(f.split("/")[:n]) for f in files for n in range(1, f.count("/") + 1)}
    sources = "\n".join((ROOT / f).read_text(errors="replace") for f in files
                        if f.startswith(("src/", "apps/", "tests/", "fuzz/", "bench/")) and f.endswith((".hpp", ".cpp")))
    documents = [f for f in files if f.endswith(".md") and not f.startswith("web/node_modules")]
    names = paths = links = 0

    def exists(word, document):
        word = word.removeprefix("./").rstrip("/").split("#")[0]
        here = (pathlib.PurePosixPath(document).parent / word).as_posix()
        for candidate in (word, here, f"src/gridpilot/{word}", f"docs/{word}"):
            parts = []
            for part in candidate.split("/"):
                parts = parts[:-1] if part == ".." else parts + [part] if part not in ("", ".") else parts
            candidate = "/".join(parts)
            if candidate in files or candidate in folders:
                return True
            # core/json: header and source of one name; a bare file name.
            if any(f.startswith(candidate + ".") for f in files) or any(f.endswith("/" + candidate) for f in files):
                return True
        return False

    for document in documents:
        fenced = False
        for number, line in enumerate((ROOT / document).read_text().splitlines(), 1):
            if line.startswith("```"):
                fenced = not fenced
            if fenced:
                continue
            for target in re.findall(r"\]\(([^)\s]+)\)", line):
                if not target.startswith(("http", "#", "mailto:")):
                    links += 1
                    if not exists(target, document):
                        faults.append(f"{document}:{number}: links to {target}, which does not exist")
            for word in re.findall(r"`([^`]+)`", line):
                if is_path(word):
                    paths += 1
                    # A file that the program itself writes stands in its source.
                    written = "/" not in word and f'"{word}"' in sources
                    if not exists(word, document) and not written:
                        faults.append(f"{document}:{number}: names {word}, which does not exist")
                elif re.fullmatch(r"[A-Za-z_]\w*(::[A-Za-z_]\w*)+(\(\))?", word) and not word.startswith(("std::", "boost::")):
                    names += 1
                    last = word.removesuffix("()").split("::")[-1]
                    if not re.search(rf"\b{last}\b", sources):
                        faults.append(f"{document}:{number}: names {word}, which no source has")
    # The first configuration that a newcomer copies is the one that the tests load.
    shown = re.search(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    if not shown or shown.group(1) != (ROOT / "examples/gridpilot.yaml").read_text():
        faults.append("README.md: its configuration is not examples/gridpilot.yaml")
    for line in faults:
        print(line, file=sys.stderr)
    print(f"check_docs: {len(documents)} documents, {paths} paths, {names} names, {links} links, {len(faults)} faults")
    sys.exit(1 if faults else 0)


main()
