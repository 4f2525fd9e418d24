#!/usr/bin/env python3
"""Keeps the documents true: snippets equal the compiled code they are cut from, and links lead somewhere.

    check_docs.py [--update]

A snippet is a fenced block behind a line `<!-- snippet: FILE#REGION -->` (or `FILE` for the whole file); the region stands
between two lines that hold `[REGION]` in a comment. --update rewrites the blocks. Exit status 1 when something is wrong.
"""
import pathlib
import re
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parents[2]
SNIPPET = re.compile(r"<!-- snippet: (\S+?)(?:#([\w-]+))? -->\n```(\w*)\n(.*?)```\n", re.S)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def documents():
    for path in sorted(ROOT.rglob("*.md")):
        parts = path.relative_to(ROOT).parts
        if parts[0] in ("build", "third_party", ".cache") or parts[0].startswith("build") or "node_modules" in parts:
            continue
        yield path


def region(file, name):
    text = (ROOT / file).read_text()
    if name is None:
        return text
    marker = re.compile(r"^[ \t]*(?://|#|<!--)\s*\[" + re.escape(name) + r"\].*\n", re.M)
    parts = marker.split(text)
    if len(parts) != 3:
        raise ValueError(f"{file} has no region [{name}] between two marker lines")
    return textwrap.dedent(parts[1])


def main():
    update = sys.argv[1:] == ["--update"]
    if sys.argv[1:] and not update:
        print(__doc__, file=sys.stderr)
        return 2
    faults = []
    snippets = 0
    for path in documents():
        name = path.relative_to(ROOT)
        text = path.read_text()

        def check(match):
            nonlocal snippets
            snippets += 1
            file, part, language, block = match.groups()
            try:
                wanted = region(file, part)
            except (OSError, ValueError) as error:
                faults.append(f"{name}: {error}")
                return match.group(0)
            if block != wanted and not update:
                faults.append(f"{name}: the snippet of {file}#{part} differs from the code; run tests/docs/check_docs.py --update")
            label = f"{file}#{part}" if part else file
            return f"<!-- snippet: {label} -->\n```{language}\n{wanted}```\n"

        renewed = SNIPPET.sub(check, text)
        if update and renewed != text:
            path.write_text(renewed)
        prose = re.sub(r"```.*?```", "", text, flags=re.S)
        for target in LINK.findall(re.sub(r"`[^`]*`", "", prose)):
            if re.match(r"[a-z]+:|#", target):
                continue
            if not (path.parent / target.split("#")[0]).exists():
                faults.append(f"{name}: the link {target} leads nowhere")
    for fault in faults:
        print(fault)
    print(f"{snippets} snippets checked, {len(faults)} faults")
    return 1 if faults or snippets == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
