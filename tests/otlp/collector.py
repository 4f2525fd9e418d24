"""A collector that reads with OpenTelemetry's own schema: runs the program behind it, and checks what arrives.

    collector.py PROGRAM

Prints "ok" and "FAIL" lines, one a check.
"""
import base64
import gzip
import http.server
import json
import subprocess
import sys
import threading

from google.protobuf import json_format
from google.rpc import status_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as service
from opentelemetry.proto.trace.v1 import trace_pb2 as trace

received = {}
failed = False


def check(what, got, expected):
    global failed
    if got == expected:
        print(f"ok {what}")
    else:
        failed = True
        said = f"{got!r} instead of {expected!r}".replace("\n", " ")
        print(f"FAIL {what}: {said[:400]}")


class Collector(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        received[self.path] = (self.headers, self.rfile.read(int(self.headers["Content-Length"])))
        code = 200
        kind = "application/x-protobuf"
        reply = service.ExportTraceServiceResponse()
        if self.path.startswith("/partial"):
            reply.partial_success.rejected_spans = 1
            reply.partial_success.error_message = "too old"
        if self.path.startswith("/refuse"):
            code = 400
            reply = status_pb2.Status(code=3, message="spans from the future")
        body = reply.SerializeToString()
        if self.path.startswith("/json"):
            kind = "application/json"
            body = b"{}"
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def ids_as_base64(value):
    """OTLP's JSON has ids in hexadecimal, where protobuf's has base64."""
    if isinstance(value, list):
        return [ids_as_base64(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: base64.b64encode(bytes.fromhex(item)).decode()
        if key in ("traceId", "spanId", "parentSpanId")
        else ids_as_base64(item)
        for key, item in value.items()
    }


def plain(value):
    """An AnyValue as Python has it."""
    kind = value.WhichOneof("value")
    if kind == "kvlist_value":
        return attributes(value.kvlist_value.values)
    return getattr(value, kind)


def attributes(pairs):
    return {pair.key: plain(pair.value) for pair in pairs}


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
threading.Thread(target=server.serve_forever, daemon=True).start()
run = subprocess.run(
    [sys.argv[1], f"http://127.0.0.1:{server.server_port}"], capture_output=True, text=True, timeout=120
)
server.shutdown()
lines = [line.split(" ", 2) for line in run.stdout.splitlines()]
said = {line[1]: line[2] for line in lines if line[0] == "span"}
outcomes = {line[1]: line[2] for line in lines if line[0] == "export"}
check("the program ends well", run.returncode, 0)
check("an export in protobuf is taken", outcomes.get("protobuf"), "OK")
check("an export with gzip is taken", outcomes.get("gzip"), "OK")
check("an export in JSON is taken", outcomes.get("json"), "OK")
check("a partial success is one", outcomes.get("partial"), "OK")
check("a partial success is told of", 'rejected=1 error="too old"' in run.stderr, True)
check("a refusal is an error", outcomes.get("refuse"), "the collector answered 400: spans from the future")

headers, body = received["/protobuf/v1/traces"]
check("the content type", headers["Content-Type"], "application/x-protobuf")
request = service.ExportTraceServiceRequest.FromString(body)
known = service.ExportTraceServiceRequest.FromString(body)
known.DiscardUnknownFields()
check("nothing the schema does not know", known, request)
check("one program", len(request.resource_spans), 1)
program = request.resource_spans[0]
check("the resource", attributes(program.resource.attributes), {"service.name": "bookshop", "shelves": 3})
check("one scope", [scope.scope.name for scope in program.scope_spans], ["kratos"])
client, server_span = program.scope_spans[0].spans
for name, span in (("client", client), ("server", server_span)):
    check(f"ids of the {name}'s span", f"{span.trace_id.hex()} {span.span_id.hex()}", said.get(name))
    check(f"flags of the {name}'s span", span.flags, 1)
    check(f"trace state of the {name}'s span", span.trace_state, "vendor=x")
    check(f"times of the {name}'s span", 0 < span.start_time_unix_nano <= span.end_time_unix_nano, True)

check("the server's trace", server_span.trace_id.hex(), "0af7651916cd43dd8448eb211c80319c")
check("the server's parent", server_span.parent_span_id.hex(), "b7ad6b7169203331")
check("the server's name", server_span.name, "shop.Books/Get")
check("the server's kind", server_span.kind, trace.Span.SPAN_KIND_SERVER)
check("the server's attributes", attributes(server_span.attributes), {"rpc.system": "grpc"})
check("the server's status", server_span.status, trace.Status(code=trace.Status.STATUS_CODE_OK))
check("the server's events", [event.name for event in server_span.events], ["tick"] * 128)
check("the server's dropped events", server_span.dropped_events_count, 3)

check("the client's parent", client.parent_span_id, server_span.span_id)
check("the client's name", client.name, "ask the shelf")
check("the client's kind", client.kind, trace.Span.SPAN_KIND_CLIENT)
check(
    "the client's attributes",
    attributes(client.attributes),
    {
        "text": "schön",
        "bytes": "?!",
        "negative": -5,
        "large": "18446744073709551615",
        "half": 0.5,
        "yes": True,
        "time": 7,
        "group": {"a": 1, "b": "two"},
    },
)
check(
    "the client's status",
    client.status,
    trace.Status(code=trace.Status.STATUS_CODE_ERROR, message="no such book"),
)
check("the client's event", [event.name for event in client.events], ["exception"])
check("the event's attributes", attributes(client.events[0].attributes), {"exception.type": "GONE"})
moment = client.events[0].time_unix_nano
check("the event's time", client.start_time_unix_nano <= moment <= client.end_time_unix_nano, True)
check("the client's link", [link.span_id.hex() for link in client.links], ["b7ad6b7169203331"])
check("the link's trace", client.links[0].trace_id.hex(), "0af7651916cd43dd8448eb211c80319c")
check("the link's trace state", client.links[0].trace_state, "vendor=x")
check("the link's flags", client.links[0].flags, 1)
check("the link's attributes", attributes(client.links[0].attributes), {"why": "batch"})

headers, body = received["/gzip/v1/traces"]
check("the coding", headers["Content-Encoding"], "gzip")
check("compressed, the same", service.ExportTraceServiceRequest.FromString(gzip.decompress(body)), request)
headers, body = received["/json/v1/traces"]
check("the content type of JSON", headers["Content-Type"], "application/json")
as_json = json_format.ParseDict(ids_as_base64(json.loads(body)), service.ExportTraceServiceRequest())
check("in JSON, the same", as_json, request)
sys.exit(1 if failed else 0)
