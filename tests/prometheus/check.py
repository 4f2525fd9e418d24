"""Has the real Prometheus scrape a server, and asks it what it got.

    check.py PROMETHEUS PORT FOLDER [grpc]

PORT has /metrics on 127.0.0.1; what Prometheus writes is in FOLDER. Prints "ok" and "FAIL" lines, one a check.
"""
import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

ATTEMPTS = 300  # A tenth of a second apart; the first scrapes are enough on any machine.

prometheus, port, folder = sys.argv[1:4]
with_grpc = "grpc" in sys.argv[4:]
failed = False


def check(what, got, expected):
    global failed
    if got == expected:
        print(f"ok {what}")
    else:
        failed = True
        print(f"FAIL {what}: {got!r} instead of {expected!r}")


def until(what, ask):
    """What `ask` answers as soon as it is something."""
    for _ in range(ATTEMPTS):
        answer = ask()
        if answer:
            return answer
        time.sleep(0.1)
    raise TimeoutError(what)


def api(path, **query):
    url = f"http://{address}/api/v1/{path}?{urllib.parse.urlencode(query)}"
    try:
        with urllib.request.urlopen(url, timeout=10) as reply:
            return json.load(reply)["data"]
    except (urllib.error.URLError, ConnectionError):
        return None


def query(expression):
    """The series, each as its labels (but for the target's own) and its value."""
    data = api("query", query=expression)
    series = []
    for one in data["result"] if data else []:
        labels = {k: v for k, v in one["metric"].items() if k not in ("__name__", "instance", "job")}
        series.append((labels, float(one["value"][1])))
    return sorted(series, key=lambda pair: sorted(pair[0].items()))


def listening():
    """Where Prometheus listens, which it says in its log."""
    if process.poll() is not None:
        raise ChildProcessError(f"prometheus ended with status {process.returncode}")
    with open(log_path, encoding="utf-8") as log:
        said = re.search(r'msg="?Listening on"? .*?address=(127\.0\.0\.1:[1-9][0-9]*)', log.read())
    return said and said.group(1)


config = os.path.join(folder, "prometheus.yml")
with open(config, "w", encoding="utf-8") as out:
    out.write(
        "global: {scrape_interval: 200ms, scrape_timeout: 200ms}\n"
        "scrape_configs:\n"
        "  - job_name: kratos\n"
        f"    static_configs: [{{targets: ['127.0.0.1:{port}']}}]\n"
    )
log_path = os.path.join(folder, "prometheus.log")
with open(log_path, "wb") as log:
    process = subprocess.Popen(
        [
            prometheus,
            f"--config.file={config}",
            f"--storage.tsdb.path={os.path.join(folder, 'data')}",
            "--web.listen-address=127.0.0.1:0",
        ],
        stdout=log,
        stderr=log,
    )
try:
    address = until("prometheus listens nowhere", listening)

    def up():
        targets = (api("targets") or {}).get("activeTargets", [])
        return [target for target in targets if target["health"] == "up"]

    targets = until("the target does not come up", up)
    check("the target is up", [target["lastError"] for target in targets], [""])

    kinds = ["http"] + (["grpc"] if with_grpc else [])
    good = {"http": 3, "grpc": 4}
    missing = {"http": 2, "grpc": 1}
    get, stream = "/metered.Shop/Get", "/metered.Shop/List"
    for side in ("server", "client"):
        for kind in kinds:
            # An empty label is none to Prometheus.
            counts = sorted(
                [
                    ({"kind": kind, "operation": get, "code": "200"}, good[kind]),
                    ({"kind": kind, "operation": get, "code": "404", "reason": "NO_ITEM"}, missing[kind]),
                    ({"kind": kind, "operation": stream, "code": "200"}, 1),
                ],
                key=lambda pair: sorted(pair[0].items()),
            )
            name = f'{side}_requests_code_total{{kind="{kind}"}}'
            # A call is counted when it is over, which can be after its reply.
            until(f"{name}: {query(name)}", lambda: query(name) == counts)
            check(f"{side}, {kind}: calls by code and reason", query(name), counts)
            calls = [
                ({"kind": kind, "operation": get}, good[kind] + missing[kind]),
                ({"kind": kind, "operation": stream}, 1),
            ]
            seconds = f'{side}_requests_seconds'
            selected = f'{{kind="{kind}"}}'
            until(f"{seconds} of {kind}", lambda: query(f"{seconds}_count{selected}") == calls)
            check(f"{side}, {kind}: observed calls", query(f"{seconds}_count{selected}"), calls)
            all_calls = [({**labels, "le": "+Inf"}, value) for labels, value in calls]
            check(
                f"{side}, {kind}: the last bucket has all calls",
                query(f'{seconds}_bucket{{kind="{kind}",le="+Inf"}}'),
                all_calls,
            )
            bounds = {labels["le"] for labels, _ in query(f"{seconds}_bucket{selected}")}
            expected = "0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 +Inf".split()
            check(f"{side}, {kind}: buckets", bounds, set(expected))
            positive = [value > 0 for _, value in query(f"{seconds}_sum{selected}")]
            check(f"{side}, {kind}: calls took time", positive, [True, True])
            quantiles = query(f"histogram_quantile(0.5, {seconds}_bucket{selected})")
            within = [0 < value <= 10 for _, value in quantiles]
            check(f"{side}, {kind}: quantiles can be computed", within, [True, True])
    check("a label with any characters", query("shop_sales_total"), [({"shelf": 'a "b" \\ \n schön'}, 2.5)])
    check("a gauge below zero", query("shop_customers"), [({}, -3.0)])
    metadata = api("metadata")
    for name, kind in (
        ("server_requests_code_total", "counter"),
        ("client_requests_code_total", "counter"),
        ("server_requests_seconds", "histogram"),
        ("client_requests_seconds", "histogram"),
        ("shop_customers", "gauge"),
    ):
        check(f"the type of {name}", [entry["type"] for entry in metadata.get(name, [])], [kind])
    check("a help text with any characters", metadata["shop_sales_total"][0]["help"], 'Sales, "all" of them;\nback\\slash.')
finally:
    process.terminate()
    process.wait()
sys.exit(1 if failed else 0)
