#!/usr/bin/env python3
"""Shows what compare.py found.

    report.py results.json                  a table
    report.py results.json --publish ROOT   into the project at ROOT, between their markers: docs/reference/benchmarks.md and
                                            README.md; docs/reference/benchmarks/*.svg and results.json
"""
import argparse
import json
import pathlib
import re
import statistics

import svg

BEGIN, END = "<!-- comparison: begin -->", "<!-- comparison: end -->"
WHAT = {
    "hello": "tiny GET: `/v1/hello/{name}`, 29 bytes of JSON back",
    "page": "POST of a 3 kB page of 12 items, the same page back",
    "list": "GET of a list of 64 items, 17 kB of JSON",
    "blob-1k": "GET of an `HttpBody` of 1 KiB",
    "blob-1m": "GET of an `HttpBody` of 1 MiB",
    "blob-64m": "GET of an `HttpBody` of 64 MiB",
    "not-found": "404: no route matches",
    "error": "409: an error that the service returns",
    "routes": "tiny GET to the last of 993 routes",
    "feed": "server-sent events, 10 messages a second on each stream",
    "chat": "echo over WebSockets, a JSON message of 24 bytes",
}


class Results:
    def __init__(self, data):
        self.data = data
        self.workloads = {workload["name"]: workload for workload in data["workloads"]}
        self.cells = {(cell["workload"], cell["contender"], cell["loop"]): cell for cell in data["cells"]}

    def rows(self, workload, loop="closed"):
        """The cells of a workload in the contenders' order."""
        found = [(name, self.cells.get((workload, name, loop))) for name in self.data["contenders"]]
        return [(name, cell) for name, cell in found if cell]

    def ratio(self, workload, contender, other, figure):
        """The median of the rounds' ratios: what disturbs a round disturbs both."""
        mine, theirs = self.cells.get((workload, contender, "closed")), self.cells.get((workload, other, "closed"))
        if not (mine and theirs):
            return None
        return statistics.median(a / b for a, b in zip(mine[figure]["rounds"], theirs[figure]["rounds"]))


def targets(results):
    """(what, ratio or None, bound, whether the ratio must not exceed it)."""
    ours = ("kratos-asio-inline", "kratos-asio")
    for contender in ours:
        for other, bound in (("limit", 1.15), ("go-kratos", 0.5), ("grpc-gateway-hop", 0.2)):
            for workload in ("hello", "page"):
                yield (f"CPU a request, {workload}: {contender} / {other}", results.ratio(workload, contender, other, "cpu_us"),
                       bound, True)
    for contender in ours:
        for workload in ("blob-1m", "blob-64m"):
            yield (f"throughput, {workload}: {contender} / limit", results.ratio(workload, contender, "limit", "mib_s"), 0.95, False)


def verdict(ratio, bound, at_most):
    if ratio is None:
        return "not measured"
    if (ratio <= bound) if at_most else (ratio >= bound):
        return "met"
    return f"missed by {abs(ratio / bound - 1) * 100:.0f} %"


def number(value, digits=1):
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.{digits}f}"


def figure(cell, name):
    return number(cell[name]["median"])


def spread(cell, name):
    return f"{figure(cell, name)} ({number(cell[name]['min'])} to {number(cell[name]['max'])})"


def against_limit(results, workload, name, what):
    ratio = results.ratio(workload, name, "limit", what)
    return "" if ratio is None else f"{ratio:.2f}"


def columns(results, workload):
    """The head and the rows of a workload's table."""
    mode = results.workloads[workload]
    each = "message" if mode["mode"] != "http" else "request"
    if mode["figure"] == "throughput":
        head = ["", "MiB/s", "/ limit", f"CPU a {each}, us", "peak MB"]
        rows = [[name, spread(cell, "mib_s"), against_limit(results, workload, name, "mib_s"), figure(cell, "cpu_us"),
                 figure(cell, "peak_mb")] for name, cell in results.rows(workload)]
        return head, rows
    head = ["", f"CPU a {each}, us", "/ limit", f"{each}s/s", "p50, us", "p99, us"]
    counted = mode["mode"] == "http"
    head += ["allocations", "peak MB"] if counted else ["peak MB"]
    rows = []
    for name, cell in results.rows(workload):
        row = [name, spread(cell, "cpu_us"), against_limit(results, workload, name, "cpu_us"), figure(cell, "rate"),
               figure(cell, "p50_us"), figure(cell, "p99_us")]
        row += [number(cell["allocations"])] if counted else []
        rows.append(row + [figure(cell, "peak_mb")])
    return head, rows


def open_columns(results, workload):
    head = ["", "p50, us", "p99, us", "p99.9, us", "CPU a request, us"]
    rows = [[name, figure(cell, "p50_us"), spread(cell, "p99_us"), figure(cell, "p999_us"), figure(cell, "cpu_us")]
            for name, cell in results.rows(workload, "open")]
    return head, rows


def tables(results):
    """(title, head, rows) of everything measured."""
    for name, workload in results.workloads.items():
        streams = {"events": f", {workload['connections']} streams", "websocket": f", {workload['connections']} connections"}
        how = streams.get(workload["mode"], f", {workload['connections']} connections, closed loop")
        yield (f"{WHAT[name]}{how}", *columns(results, name))
        if workload["rate"]:
            yield (f"{WHAT[name]}, open loop of {workload['rate']:,} requests a second", *open_columns(results, name))


def print_table(head, rows):
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    for row in [head, *rows]:
        print("  " + "  ".join(text.ljust(width) if i == 0 else text.rjust(width) for i, (text, width) in enumerate(zip(row, widths))))


def print_report(results):
    for title, head, rows in tables(results):
        print(f"== {title.replace('`', '')}")
        print_table(head, rows)
    print("== targets")
    print_table(["", "ratio", "bound", ""], [
        [what, "" if ratio is None else f"{ratio:.2f}", f"{'<=' if at_most else '>='} {bound}", verdict(ratio, bound, at_most)]
        for what, ratio, bound, at_most in targets(results)])
    for line in results.data["skipped"]:
        print("skip", line)


def markdown_table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def bystanders(settings):
    if "others_share" not in settings:
        return ""
    others, stolen = settings["others_share"], settings["stolen_share"]
    text = f" Other programs had {others:.0%} of the processors meanwhile, the host's other machines {stolen:.0%}"
    return text + (": CPU times and ratios bear that better than delays and requests a second." if others + stolen > 0.05 else ".")


def markdown(results):
    machine, settings = results.data["machine"], results.data["settings"]
    yield (f"Measured on {machine['cores']} cores of {machine['cpu']}, Linux {machine['kernel']}; {machine['compiler']}; "
           f"{machine['protobuf']}; cpp-httplib {machine['cpp-httplib']}; {machine['go'] or 'no Go'}, Go Kratos {machine['go-kratos']}, "
           f"grpc-gateway {machine['grpc-gateway']}. Medians of {settings['rounds']} rounds, from the lowest to the highest "
           f"in brackets.{bystanders(settings)}")
    for line in results.data["skipped"]:
        yield f"Not measured: {line}."
    yield "### Targets"
    yield markdown_table(["", "ratio", "target", ""], [
        [what, "" if ratio is None else f"{ratio:.2f}", f"{'at most' if at_most else 'at least'} {bound}", verdict(ratio, bound, at_most)]
        for what, ratio, bound, at_most in targets(results)])
    yield ("Why those that are missed are missed: [a small GET](../design/performance.md#what-a-small-get-costs-beyond-a-bare-server), "
           "[a large body](../design/performance.md#a-large-body).")
    yield "### Charts"
    for name, _, text in charts(results):
        yield f"![{text}](benchmarks/{name}.svg)"
    yield "### All figures"
    for title, head, rows in tables(results):
        yield title[0].upper() + title[1:] + ":"
        yield markdown_table(head, rows)


def charts(results):
    """(file name, function that draws it, what it shows)."""

    def cost(names, what):
        return [(WHAT[name].replace("`", ""), [(contender, *(cell[what][key] for key in ("median", "min", "max")))
                                               for contender, cell in results.rows(name)]) for name in names if results.rows(name)]

    small = [name for name, workload in results.workloads.items() if workload["mode"] == "http" and workload["figure"] == "cpu"]
    large = [name for name, workload in results.workloads.items() if workload["figure"] == "throughput"]
    streams = [name for name, workload in results.workloads.items() if workload["mode"] != "http"]
    rated = [name for name, workload in results.workloads.items() if workload["rate"]]
    if small:
        text = "CPU time of the server a request, microseconds (less is better)"
        yield "cpu", lambda: svg.bars(text, cost(small, "cpu_us")), text
    if rated:
        text_rated = "Delay at a fixed rate: p50 / p99 / p99.9, microseconds (less is better)"
        yield "latency", lambda: svg.points(text_rated, [
            (f"{WHAT[name].replace('`', '')}; {results.workloads[name]['rate']:,} a second", [
                (contender, [cell[key]["median"] for key in ("p50_us", "p99_us", "p999_us")])
                for contender, cell in results.rows(name, "open")]) for name in rated]), text_rated
    if large:
        text_large = "Throughput of HttpBody replies, MiB a second (more is better)"
        yield "throughput", lambda: svg.bars(text_large, cost(large, "mib_s")), text_large
    if streams:
        text_streams = "CPU time of the server a message of a stream, microseconds (less is better)"
        yield "streams", lambda: svg.bars(text_streams, cost(streams, "cpu_us")), text_streams


def summary(results):
    """The few figures that the README shows."""
    columns_of = [("hello", "cpu_us", "tiny GET"), ("page", "cpu_us", "POST of 3 kB"), ("blob-1m", "mib_s", "`HttpBody` of 1 MiB")]
    rows = []
    for name in results.data["contenders"]:
        if name != "kratos-asio-inline":  # A choice of the next one.
            rows.append([name] + [against_limit(results, workload, name, figure_name) for workload, figure_name, _ in columns_of])
    cpu = "CPU of the server a request, against `limit`"
    head = [""] + [f"{title}: {cpu if name == 'cpu_us' else 'throughput against `limit`'}" for _, name, title in columns_of]
    return markdown_table(head, rows)


def replace_between_markers(page, body):
    text = page.read_text(encoding="utf-8")
    if not (BEGIN in text and END in text):
        raise SystemExit(f"report.py: {page} lacks {BEGIN} and {END}")
    replaced = re.sub(re.escape(BEGIN) + ".*" + re.escape(END), lambda _: f"{BEGIN}\n{body}\n{END}", text, flags=re.S)
    page.write_text(replaced, encoding="utf-8")


def publish(results, root):
    docs = root / "docs" / "reference"
    replace_between_markers(docs / "benchmarks.md", "\n\n".join(markdown(results)))
    replace_between_markers(root / "README.md", summary(results))
    folder = docs / "benchmarks"
    folder.mkdir(exist_ok=True)
    for name, draw, _ in charts(results):
        (folder / f"{name}.svg").write_text(draw(), encoding="utf-8")
    (folder / "results.json").write_text(json.dumps(results.data, indent=1) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=pathlib.Path)
    parser.add_argument("--publish", type=pathlib.Path, metavar="ROOT")
    arguments = parser.parse_args()
    results = Results(json.loads(arguments.results.read_text(encoding="utf-8")))
    if arguments.publish:
        publish(results, arguments.publish)
    else:
        print_report(results)


if __name__ == "__main__":
    main()
