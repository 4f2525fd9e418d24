// Package travel has what metadata and trace context need to be followed from a client through two servers, and the cases that
// follow them. cpp/travel.h is its C++ half: each client runs its cases against either server, over either transport.
//
// A server answers three names of helloworld.Greeter here. "travel" says what has arrived with the call, then calls the server
// itself, over its socket and with the call's context, with "arrived", and adds what that says. "spans-TRACE" tells the server's
// spans of a trace, once there are three.
package travel

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-kratos/kratos/v3/metadata"
	"github.com/go-kratos/kratos/v3/middleware"
	md "github.com/go-kratos/kratos/v3/middleware/metadata"
	"github.com/go-kratos/kratos/v3/transport"
	"go.opentelemetry.io/otel/propagation"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Say calls SayHello through a client with ClientMiddleware.
type Say func(ctx context.Context, name string) (message string, err error)

// Node is a program on the way.
type Node struct {
	// Onward calls this program's own server.
	Onward   Say
	provider *sdk.TracerProvider
	spans    *spans
}

// New makes one that samples as the parent was, and every trace that begins here.
func New() *Node {
	spans := &spans{}
	spans.grown = sync.NewCond(&spans.mutex)
	return &Node{spans: spans, provider: sdk.NewTracerProvider(sdk.WithSpanProcessor(spans))}
}

// ServerMiddleware is Kratos's for metadata and, since its tracing is not to be had, one over OpenTelemetry's propagator.
func (n *Node) ServerMiddleware() []middleware.Middleware {
	return []middleware.Middleware{n.traceServer, md.Server()}
}

// ClientMiddleware is the client's side of it.
func (n *Node) ClientMiddleware() []middleware.Middleware {
	return []middleware.Middleware{n.traceClient, md.Client()}
}

var propagator propagation.TraceContext

func (n *Node) traceServer(next middleware.Handler) middleware.Handler {
	return func(ctx context.Context, request any) (any, error) {
		info, ok := transport.FromServerContext(ctx)
		if !ok {
			return next(ctx, request)
		}
		ctx = propagator.Extract(ctx, info.RequestHeader())
		ctx, span := n.provider.Tracer("travel").Start(ctx, info.Operation(), trace.WithSpanKind(trace.SpanKindServer))
		defer span.End()
		return next(ctx, request)
	}
}

func (n *Node) traceClient(next middleware.Handler) middleware.Handler {
	return func(ctx context.Context, request any) (any, error) {
		info, ok := transport.FromClientContext(ctx)
		if !ok {
			return next(ctx, request)
		}
		ctx, span := n.provider.Tracer("travel").Start(ctx, info.Operation(), trace.WithSpanKind(trace.SpanKindClient))
		defer span.End()
		propagator.Inject(ctx, info.RequestHeader())
		return next(ctx, request)
	}
}

// spans keeps those that have ended.
type spans struct {
	mutex sync.Mutex
	grown *sync.Cond
	ended []sdk.ReadOnlySpan
}

func (s *spans) OnStart(context.Context, sdk.ReadWriteSpan) {}
func (s *spans) Shutdown(context.Context) error             { return nil }
func (s *spans) ForceFlush(context.Context) error           { return nil }
func (s *spans) OnEnd(span sdk.ReadOnlySpan) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.ended = append(s.ended, span)
	s.grown.Broadcast()
}

// of gives the spans of a trace, once there are so many or the call is over: one may end after its reply has arrived.
func (s *spans) of(ctx context.Context, id string, count int) (found []sdk.ReadOnlySpan) {
	stop := context.AfterFunc(ctx, func() {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		s.grown.Broadcast()
	})
	defer stop()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for {
		found = nil
		for _, span := range s.ended {
			if span.SpanContext().TraceID().String() == id {
				found = append(found, span)
			}
		}
		if len(found) >= count || ctx.Err() != nil {
			return found
		}
		s.grown.Wait()
	}
}

// Answer answers what belongs here; "" is for others.
func (n *Node) Answer(ctx context.Context, name string) (string, error) {
	if name == "arrived" {
		return arrived(ctx), nil
	}
	if name == "travel" {
		further, err := n.Onward(ctx, "arrived")
		return arrived(ctx) + " > " + further, err
	}
	id, ok := strings.CutPrefix(name, "spans-")
	if !ok {
		return "", nil
	}
	var out []string
	for _, span := range n.spans.of(ctx, id, 3) {
		out = append(out, fmt.Sprint(span.SpanKind(), " ", span.SpanContext().SpanID(), " ", span.Parent().SpanID()))
	}
	return strings.Join(out, ";"), nil
}

// arrived is "name=value,value;..." of what the middleware made of the metadata, and of the trace's header fields as they came.
func arrived(ctx context.Context) string {
	var out []string
	if arrived, ok := metadata.FromServerContext(ctx); ok {
		for name, values := range arrived {
			out = append(out, name+"="+strings.Join(values, ","))
		}
	}
	slices.Sort(out)
	if info, ok := transport.FromServerContext(ctx); ok {
		for _, name := range []string{"traceparent", "tracestate"} {
			out = append(out, name+"="+strings.Join(info.RequestHeader().Values(name), ","))
		}
	}
	return strings.Join(out, ";")
}

// fields takes apart what arrived wrote.
func fields(text string) map[string]string {
	out := map[string]string{}
	for _, field := range strings.Split(text, ";") {
		name, value, _ := strings.Cut(field, "=")
		out[name] = value
	}
	return out
}

// hops makes the call that travels.
func hops(ctx context.Context, say Say) (first, second map[string]string, problem string) {
	text, err := say(ctx, "travel")
	if err != nil {
		return nil, nil, err.Error()
	}
	at, on, ok := strings.Cut(text, " > ")
	if !ok {
		return nil, nil, "no two hops: " + text
	}
	return fields(at), fields(on), ""
}

// Run runs the cases of a client and prints a line for each, its name behind the transport's; how many failed.
func (n *Node) Run(transport string, say Say) (failed int) {
	fault := ""
	if transport == "grpc" {
		fault = "Kratos's gRPC client sends the first value of a field only"
	}
	for _, row := range []struct {
		name  string
		check func(context.Context, Say) string
		known string
	}{
		{"metadata: global crosses two hops, local one", n.metadata, ""},
		{"metadata: several values of one name", n.several, fault},
		{"trace: one chain of spans through both servers", n.sampled, ""},
		{"trace: not sampled stays so, and the state travels", n.unsampled, ""},
	} {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		problem := row.check(ctx, say)
		cancel()
		if row.known != "" && problem == "" {
			problem = "listed as not working (" + row.known + ") but it works"
		} else if row.known != "" {
			fmt.Printf("known %s %s: %s\n", transport, row.name, row.known)
			continue
		}
		if problem != "" {
			fmt.Printf("FAIL %s %s: %s\n", transport, row.name, problem)
			failed++
		} else {
			fmt.Println("ok", transport, row.name)
		}
	}
	return failed
}

func (n *Node) metadata(ctx context.Context, say Say) string {
	ctx = metadata.AppendToClientContext(ctx, "x-md-global-user", "u1", "x-md-local-secret", "s")
	first, second, problem := hops(ctx, say)
	switch {
	case problem != "":
		return problem
	case first["x-md-global-user"] != "u1" || first["x-md-local-secret"] != "s":
		return fmt.Sprint("the first got ", first)
	case second["x-md-global-user"] != "u1":
		return fmt.Sprint("the second got ", second)
	}
	if _, there := second["x-md-local-secret"]; there {
		return "what is local went on"
	}
	return ""
}

func (n *Node) several(ctx context.Context, say Say) string {
	ctx = metadata.NewClientContext(ctx, metadata.Metadata{"x-md-global-user": {"u1", "u2"}})
	first, second, problem := hops(ctx, say)
	if problem == "" && (first["x-md-global-user"] != "u1,u2" || second["x-md-global-user"] != "u1,u2") {
		return fmt.Sprint("the first got ", first, ", the second ", second)
	}
	return problem
}

func (n *Node) sampled(ctx context.Context, say Say) string {
	ctx, span := n.provider.Tracer("travel").Start(ctx, "work")
	id := span.SpanContext().TraceID().String()
	first, second, problem := hops(ctx, say)
	span.End()
	if problem != "" {
		return problem
	}
	// The call's own span, below the work.
	call := ""
	for _, own := range n.spans.of(ctx, id, 2) {
		if own.SpanKind() == trace.SpanKindClient && own.Parent().SpanID() == span.SpanContext().SpanID() {
			call = own.SpanContext().SpanID().String()
		}
	}
	for at, hop := range []map[string]string{first, second} {
		if parent := hop["traceparent"]; !strings.HasPrefix(parent, "00-"+id+"-") || !isSampled(parent) {
			return fmt.Sprint("hop ", at+1, " got ", parent, " in the trace ", id)
		}
	}
	// In a trace of its own.
	text, err := say(trace.ContextWithSpan(ctx, nil), "spans-"+id)
	if err != nil {
		return err.Error()
	}
	child := func(kind, parent string) string {
		for _, line := range strings.Split(text, ";") {
			if words := strings.Fields(line); len(words) == 3 && words[0] == kind && words[2] == parent {
				return words[1]
			}
		}
		return "none"
	}
	if child("server", child("client", child("server", call))) == "none" || strings.Count(text, ";") != 2 {
		return fmt.Sprint("no chain below ", call, ": ", text)
	}
	return ""
}

func (n *Node) unsampled(ctx context.Context, say Say) string {
	const id, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
	ctx = propagator.Extract(ctx, propagation.MapCarrier{"traceparent": "00-" + id + "-" + parent + "-00", "tracestate": "vendor=x"})
	first, second, problem := hops(ctx, say)
	if problem != "" {
		return problem
	}
	seen := []string{parent}
	for at, hop := range []map[string]string{first, second} {
		got := hop["traceparent"]
		words := strings.Split(got, "-")
		if len(words) != 4 || words[1] != id || isSampled(got) || slices.Contains(seen, words[2]) || hop["tracestate"] != "vendor=x" {
			return fmt.Sprint("hop ", at+1, " got ", hop)
		}
		seen = append(seen, words[2])
	}
	return ""
}

// isSampled reads the lowest bit of a traceparent's flags.
func isSampled(parent string) bool {
	return parent != "" && strings.ContainsAny(parent[len(parent)-1:], "13579bdf")
}
