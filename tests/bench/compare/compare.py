#!/usr/bin/env python3
"""Runs the contenders of the comparison side by side and writes what they cost.

    compare.py --bin DIR [--go DIR] --out results.json [--quick] [--rounds N] [--seconds S]
               [--contenders a,b] [--workloads a,b]
    compare.py --bin DIR [--go DIR] --check

DIR of --bin has the C++ programs, that of --go the Go ones (kratos, gateway); without --go they are skipped, and said to be.
First every contender is asked once for each workload, and the answer compared with the one it must give: a wrong one ends the
run with a non-zero status before anything is measured. Then come the rounds. In each, every workload is put to every contender
in turn, each time to a fresh server process, so that a disturbance from outside hits all alike. The results are written after each round,
so a run that is stopped keeps the whole ones. README.md says how to read the figures.
"""
import argparse
import http.client
import json
import mmap
import os
import pathlib
import platform
import re
import resource
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HELLO = {"message": "Hello benchmark"}


def make_page(count):
    """A page as APIs return it; every field set, so that all ways to treat unset ones agree."""
    return {
        "items": [
            {
                "name": f"shops/1/items/{i}",
                "title": f"Item {i} of the shop at the corner",
                "sizeBytes": str(1_000_003 * (i + 1)),
                "price": i + 0.25,
                "public": True,
                "state": "STATE_ACTIVE",
                "tags": ["new", "on sale"],
                "owner": {"displayName": f"Owner {i}", "email": f"owner{i}@example.com"},
                "createTime": f"2026-01-02T03:04:{i % 60:02}Z",
                "revision": i + 1,
            }
            for i in range(count)
        ],
        "nextPageToken": f"after-{count}",
        "totalSize": count * 10,
    }


PAGE = make_page(12)
LIST = make_page(64)
ERROR = {"code": 409, "reason": "SOLD_OUT", "message": "nothing left", "metadata": {}}


def headers(workload, contender):
    fields = {"Host": "localhost", "Accept": contender.media_type, "User-Agent": "bench/1"}
    if workload.body is not None:
        fields |= {"Content-Type": contender.media_type, "Content-Length": str(len(workload.body))}
    return fields


def request_bytes(workload, contender):
    lines = [f"{workload.method} {workload.target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers(workload, contender).items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + (workload.body or b"")


class Workload:
    """What is asked, what must be answered, and how it is measured."""

    def __init__(self, name, target, expected=None, *, method="GET", body=None, status=200, mode="http", connections=64,
                 rate=None, seconds=1.0, options=(), figure="cpu"):
        self.name, self.target, self.expected, self.method, self.status = name, target, expected, method, status
        self.body = None if body is None else json.dumps(body, separators=(",", ":")).encode()
        self.mode, self.connections, self.seconds, self.figure = mode, connections, seconds, figure
        self.rate = rate  # Of the open loop, requests a second; None: closed loop only.
        self.options = list(options)  # Of the server.


WORKLOADS = [
    Workload("hello", "/v1/hello/benchmark", HELLO, rate=3000),
    Workload("page", "/v1/pages:mirror", PAGE, method="POST", body=PAGE, rate=800),
    Workload("list", "/v1/items", LIST),
    Workload("blob-1k", "/v1/blobs/1024", b"x" * 1024),
    Workload("blob-1m", "/v1/blobs/1048576", b"x" * (1 << 20), connections=8, figure="throughput"),
    Workload("blob-64m", "/v1/blobs/67108864", b"x" * (64 << 20), connections=2, seconds=2.0, figure="throughput"),
    Workload("not-found", "/v1/nowhere/at/all", status=404),
    Workload("error", "/v1/failures/SOLD_OUT", ERROR, status=409),
    Workload("routes", "/v1/r992/benchmark", HELLO, options=["--routes"]),
    Workload("feed", "/v1/feed?interval=100", mode="events", connections=500, seconds=2.0),
    Workload("chat", "/v1/chat", mode="websocket", connections=64),
]
STREAMS = ("feed", "chat")


class Contender:
    def __init__(self, name, program, options=(), *, go=False, without=(), own_errors=False, media_type="application/json"):
        self.name, self.program, self.options, self.go = name, program, list(options), go
        self.without = without  # Workloads it has no answer for.
        self.own_errors = own_errors  # Errors have a shape of their own: status and message are compared.
        self.media_type = media_type  # By which it knows proto3 JSON.


CONTENDERS = [
    Contender("limit", "kratos_compare_limit"),
    Contender("kratos-asio-inline", "kratos_compare_kratos", ["--engine", "asio", "--inline"]),
    Contender("kratos-asio", "kratos_compare_kratos", ["--engine", "asio"]),
    Contender("kratos-httplib", "kratos_compare_kratos", ["--engine", "httplib"], without=STREAMS),
    Contender("httplib", "kratos_compare_httplib", without=STREAMS),
    # What it calls application/json is Go's encoding of structs; its own clients ask for protojson.
    Contender("go-kratos", "kratos", go=True, media_type="application/protojson"),
    Contender("grpc-gateway", "gateway", go=True, without=STREAMS, own_errors=True),
    Contender("grpc-gateway-hop", "gateway", ["--hop"], go=True, without=STREAMS, own_errors=True),
]


def fail(message):
    sys.exit(f"compare.py: {message}")


class Bench:
    def __init__(self, arguments, work):
        self.bin, self.go, self.work = arguments.bin, arguments.go, work
        (work / "list.json").write_text(json.dumps(LIST))
        self.log = open(work / "servers.log", "wb")

    def program(self, contender):
        return (self.go if contender.go else self.bin) / contender.program

    def request_file(self, workload, contender):
        path = self.work / "request"
        path.write_bytes(request_bytes(workload, contender))
        return path

    def counter_library(self):
        return self.bin / "libkratos_bench_allocations.so"


class Server:
    """A fresh process of a contender."""

    def __init__(self, bench, contender, workload, count_allocations=False):
        environment = dict(os.environ, GOMAXPROCS=str(os.cpu_count()))
        self.counter = None
        if count_allocations and not contender.go:
            self.counter = bench.work / "allocations"
            self.counter.write_bytes(bytes(mmap.PAGESIZE))
            environment |= {"LD_PRELOAD": str(bench.counter_library()), "KRATOS_BENCH_ALLOCATIONS": str(self.counter)}
        command = [str(bench.program(contender)), *contender.options, *workload.options, "--list", str(bench.work / "list.json")]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=bench.log, text=True, env=environment)
        self.name = contender.name
        self.port = self.read_number("port")
        self.stats = self.read_number("stats") if contender.go else None

    def read_number(self, what):
        line = self.process.stdout.readline()
        match = re.fullmatch(rf"{what} (\d+)\n", line)
        if not match:
            self.stop()
            fail(f"{self.name} said {line!r} instead of its {what}")
        return int(match[1])

    def peak_kb(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"^VmHWM:\s+(\d+) kB", status.read(), re.M)[1])

    def stop(self):
        self.process.kill()  # A graceful stop takes its time, and is not what is measured.
        self.process.wait()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def answer_problem(server, contender, workload):
    """What is wrong with the answer, or None."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request(workload.method, workload.target, workload.body, headers(workload, contender))
    reply = connection.getresponse()
    body = reply.read()
    connection.close()
    if reply.status != workload.status:
        return f"status {reply.status} instead of {workload.status}: {body[:200]!r}"
    if isinstance(workload.expected, bytes):
        kind = reply.getheader("Content-Type", "")
        if not kind.startswith("text/plain"):
            return f"content type {kind!r}"
        return None if body == workload.expected else f"{len(body)} other bytes"
    if workload.expected is None:
        return None
    try:
        got = json.loads(body)
    except ValueError:
        return f"no JSON: {body[:200]!r}"
    if workload.status != 200:
        got.setdefault("metadata", {})  # None and an empty map are the same.
    if workload.status != 200 and contender.own_errors:
        got, expected = got.get("message"), workload.expected["message"]
    else:
        expected = workload.expected
    return None if got == expected else f"{json.dumps(got)[:300]} instead of {json.dumps(expected)[:300]}"


MESSAGE = '{"sent":"1234567890123"}'


def feed_problem(server, contender, workload):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request(workload.method, workload.target, None, headers(workload, contender) | {"Accept": "text/event-stream"})
    reply = connection.getresponse()
    kind, data = reply.getheader("Content-Type", ""), b""
    while not data.startswith(b"data:"):
        data = reply.readline()
        if not data:
            break
    reply.close()
    connection.close()
    if reply.status != 200 or not kind.startswith("text/event-stream") or not re.fullmatch(rb'data: ?\{"sent": ?"\d+"\}\r?\n', data):
        return f"status {reply.status}, {kind!r}, {data!r}"
    return None


def chat_problem(server, _contender, workload):
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as peer, peer.makefile("rb") as replies:
        peer.sendall((f"GET {workload.target} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").encode())
        line = first = replies.readline()
        while line not in (b"\r\n", b""):
            line = replies.readline()
        peer.sendall(bytes([0x81, 0x80 | len(MESSAGE), 0, 0, 0, 0]) + MESSAGE.encode())  # Masked with zeros.
        frame = replies.read(2)
        body = replies.read(frame[1]) if len(frame) == 2 else b""
    if not first.startswith(b"HTTP/1.1 101 ") or frame[:1] != b"\x81" or json.loads(body or b"null") != json.loads(MESSAGE):
        return f"{first!r}, then {frame!r} and {body!r}"
    return None


PROBLEM = {"http": answer_problem, "events": feed_problem, "websocket": chat_problem}


def load(bench, server, contender, workload, seconds, rate=None, warmup=0.3, count_allocations=False):
    command = [str(bench.bin / "kratos_bench_load"), workload.mode, "--port", str(server.port),
               "--connections", str(workload.connections), "--seconds", str(seconds), "--warmup", str(warmup),
               "--pid", str(server.process.pid)]
    if workload.mode == "websocket":
        command += ["--target", workload.target, "--text", MESSAGE]
    else:
        command += ["--request", str(bench.request_file(workload, contender))]
    if workload.mode == "http":
        command += ["--status", str(workload.status)]
    if rate:
        command += ["--rate", str(rate)]
    if count_allocations:
        command += ["--counter-port", str(server.stats)] if server.stats else ["--counter", str(server.counter)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=120, check=False)
    if done.returncode != 0:
        fail(f"{server.name}, {workload.name}: {' '.join(command)} ended with {done.returncode}: {done.stdout}")
    return json.loads(done.stdout)


def figures(result, server):
    """The figures of one run, by name."""
    count = result["count"]
    return {
        "cpu_us": sum(result["cpu_us"]) / count,
        "rate": count / result["seconds"],
        "mib_s": result["body_bytes"] / result["seconds"] / (1 << 20),
        "p50_us": result["p50_us"],
        "p99_us": result["p99_us"],
        "p999_us": result["p999_us"],
        "peak_mb": server.peak_kb() / 1024,
    }


def summary(samples):
    return {name: {"median": statistics.median(values), "min": min(values), "max": max(values),
                   "rounds": [float(f"{value:.6g}") for value in values]}
            for name in samples[0] for values in [[sample[name] for sample in samples]]}


def first_line(*command):
    try:
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return ""


def go_module(name):
    text = (pathlib.Path(__file__).parent / "go" / "go.mod").read_text(encoding="utf-8")
    return re.search(rf"^\s*{re.escape(name)} (\S+)$", text, re.M)[1]


def machine():
    cpu = re.search(r"^model name\s*:\s*(.+)$", pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.M)
    return {
        "cpu": cpu[1].strip() if cpu else platform.machine(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "compiler": first_line("c++", "--version"),
        "protobuf": first_line("protoc", "--version"),
        "cpp-httplib": first_line("pkg-config", "--modversion", "cpp-httplib"),
        "go": first_line("go", "version"),
        "go-kratos": go_module("github.com/go-kratos/kratos/v3"),
        "grpc-gateway": go_module("github.com/grpc-ecosystem/grpc-gateway/v2"),
    }


class Bystanders:
    """What other programs, and other machines of the same host, have of the processors from now on."""

    def __init__(self):
        self.begin = self.read()

    @staticmethod
    def read():
        """Seconds of the processors: in all, what this run used (itself and processes that have ended), stolen by the host."""
        with open("/proc/stat", encoding="ascii") as stat:
            user, nice, system, idle, iowait, irq, softirq, steal = (int(text) for text in stat.readline().split()[1:9])
        tick = 1 / os.sysconf("SC_CLK_TCK")
        own = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        busy = user + nice + system + irq + softirq
        return (busy + idle + iowait + steal) * tick, busy * tick, own, steal * tick

    def shares(self):
        everything, busy, own, stolen = (now - then for now, then in zip(self.read(), self.begin))
        return {"others_share": max(0.0, (busy - own) / everything), "stolen_share": stolen / everything}


def write_results(path, setting, workloads, contenders, skipped, samples, allocations):
    results = {
        "machine": machine(),
        "settings": setting,
        "workloads": [{"name": w.name, "method": w.method, "target": w.target, "mode": w.mode, "connections": w.connections,
                       "rate": w.rate, "figure": w.figure, "request_bytes": len(w.body or b"")} for w in workloads],
        "contenders": [contender.name for contender in contenders],
        "skipped": skipped,
        "cells": [{"workload": workload, "contender": contender, "loop": loop, **summary(values),
                   "allocations": allocations.get((workload, contender)) if loop == "closed" else None}
                  for (workload, contender, loop), values in samples.items()],
    }
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--go", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--check", action="store_true", help="compare the answers, measure nothing")
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float, help="of each run, times what the workload needs (default 0.4; quick 0.2)")
    parser.add_argument("--contenders", help="only these, with commas between")
    parser.add_argument("--workloads", help="only these, with commas between")
    arguments = parser.parse_args()
    if not (arguments.check or arguments.out):
        parser.error("--out is needed")
    return arguments


def chosen(what, things, names):
    if names is None:
        return things
    by_name = {thing.name: thing for thing in things}
    for name in names.split(","):
        if name not in by_name:
            fail(f"no {what} {name!r}; there are {', '.join(by_name)}")
    return [by_name[name] for name in names.split(",")]


def main():
    arguments = parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # So that no server is left behind.
    # Many short ones: a machine that others use as well changes its speed from second to second.
    rounds = arguments.rounds or (1 if arguments.quick else 9)
    unit = arguments.seconds or (0.2 if arguments.quick else 0.4)
    warmup = 0.05 if arguments.quick else 0.3
    workloads = chosen("workload", WORKLOADS, arguments.workloads)
    skipped = []
    contenders = []
    started = time.time()
    with tempfile.TemporaryDirectory(prefix="kratos-compare-") as folder:
        bench = Bench(arguments, pathlib.Path(folder))
        for contender in chosen("contender", CONTENDERS, arguments.contenders):
            if contender.go and bench.go is None:
                skipped.append(f"{contender.name}: Go is not installed")
            elif not bench.program(contender).exists():
                skipped.append(f"{contender.name}: {contender.program} was not built")
            else:
                contenders.append(contender)
        for line in skipped:
            print("skip", line)

        cells = [(workload, contender) for workload in workloads for contender in contenders
                 if workload.name not in contender.without]
        problems = 0
        for workload, contender in cells:
            with Server(bench, contender, workload) as server:
                problem = PROBLEM[workload.mode](server, contender, workload)
            if problem:
                problems += 1
                print(f"FAIL {contender.name}, {workload.name}: {problem}")
        if problems:
            fail(f"{problems} answers are wrong; nothing was measured")
        if arguments.check:
            print(f"{len(cells)} answers are right")
            return

        allocations = {}
        for workload, contender in cells:
            if workload.mode != "http" or workload.name == "blob-64m":
                continue
            with Server(bench, contender, workload, count_allocations=True) as server:
                result = load(bench, server, contender, workload, min(unit, 0.3) / 2, None, warmup, count_allocations=True)
            allocations[workload.name, contender.name] = result["counted"] / result["count"]

        samples = {}
        bystanders = Bystanders()
        for number in range(rounds):
            print(f"round {number + 1} of {rounds}", file=sys.stderr)
            for workload, contender in cells:
                runs = [("closed", None)] + ([("open", workload.rate)] if workload.rate else [])
                for loop, rate in runs:
                    with Server(bench, contender, workload) as server:
                        result = load(bench, server, contender, workload, unit * workload.seconds, rate, warmup)
                        samples.setdefault((workload.name, contender.name, loop), []).append(figures(result, server))
            write_results(arguments.out, {"rounds": number + 1, "seconds": unit, "took_seconds": round(time.time() - started)} |
                          bystanders.shares(), workloads, contenders, skipped, samples, allocations)


if __name__ == "__main__":
    main()
