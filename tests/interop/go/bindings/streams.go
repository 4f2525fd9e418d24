package bindings

import (
	"context"
	"strings"
	"sync"

	"github.com/go-kratos/kratos/v3/transport/http"
	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/protobuf/proto"

	"interop/api"
)

// v2's generator knows no streams, so those of streams.proto are stated by hand as v3's would: which rule is bound where, what
// makes the URL and the headers, what a frame is. All that decides about bytes on the wire is upstream's runtime.

// StreamsServer is the service.
type StreamsServer interface {
	Watch(*api.WatchRequest, http.ServerStream) error
	Pour(*api.WatchRequest, http.ServerStream) error
	Collect(http.ServerStream) error
	Store(http.ServerStream) error
	StoreField(http.ServerStream) error
	Echo(http.ServerStream) error
	Greet(http.ServerStream) error
	EchoBytes(http.ServerStream) error
}

const streams = "/interop.Streams/"

// RegisterStreams binds everything but the unary method, which RegisterStreamsHTTPServer does.
func RegisterStreams(s *http.Server, srv StreamsServer) {
	r := s.Route("/")
	r.GET("/v1/watch/{name}", events(streams+"Watch", false, srv.Watch))
	r.POST("/v1/watch", events(streams+"WatchPosted", true, srv.Watch))
	r.POST("/v1/pour/{name}", events(streams+"Pour", true, srv.Pour))
	r.GET("/v1/collect/{name}", frames(streams+"Collect", srv.Collect))
	r.GET("/v1/collect-inner/{name}", frames(streams+"CollectInner", srv.Collect, http.WithStreamBodyField("inner")))
	r.GET("/v1/collect-bare/{name}", frames(streams+"CollectBare", srv.Collect))
	r.GET("/v1/store", frames(streams+"Store", srv.Store))
	r.GET("/v1/store/{name}", frames(streams+"StoreField", srv.StoreField, http.WithStreamBodyField("file")))
	r.GET("/v1/echo/{name}", frames(streams+"Echo", srv.Echo))
	r.GET("/v1/greet", frames(streams+"Greet", srv.Greet))
	r.GET("/v1/echo-bytes", frames(streams+"EchoBytes", srv.EchoBytes))
}

// events is a server stream: the request as of a unary call, the reply as server-sent events.
func events(operation string, body bool, handle func(*api.WatchRequest, http.ServerStream) error) http.HandlerFunc {
	return func(ctx http.Context) error {
		in := new(api.WatchRequest)
		bind := ctx.BindQuery
		if body {
			bind = ctx.Bind
		}
		if err := bind(in); err != nil {
			return err
		}
		if err := ctx.BindVars(in); err != nil {
			return err
		}
		http.SetOperation(ctx, operation)
		stream := http.NewServerSentEventServerStream(ctx)
		next := ctx.Middleware(func(ctx context.Context, req any) (any, error) {
			stream.SetContext(ctx)
			return nil, handle(req.(*api.WatchRequest), stream)
		})
		_, err := next(ctx, in)
		return stream.Close(err)
	}
}

// frames is a client stream or one both ways, over a WebSocket.
func frames(operation string, handle func(http.ServerStream) error, options ...http.ServerStreamOption) http.HandlerFunc {
	return func(ctx http.Context) error {
		http.SetOperation(ctx, operation)
		stream, err := http.NewWebSocketServerStream(ctx, options...)
		if err != nil {
			return err
		}
		next := ctx.Middleware(func(ctx context.Context, _ any) (any, error) {
			stream.SetContext(ctx)
			return nil, handle(stream)
		})
		_, err = next(ctx, nil)
		return stream.Close(err)
	}
}

// StreamRule is the primary rule of a streaming rpc.
type StreamRule struct {
	// Who streams.
	Client, Server   bool
	verb, path, body string
	reply            proto.Message
	// The message that is a frame, or the body.
	part func(proto.Message) proto.Message
}

func whole(in proto.Message) proto.Message { return in }

// StreamRules are the streaming rpcs by name.
var StreamRules = map[string]StreamRule{
	"Watch":       {false, true, "GET", "/v1/watch/{name}", "", new(api.Item), whole},
	"WatchPosted": {false, true, "POST", "/v1/watch", "*", new(api.Item), whole},
	"Pour":        {false, true, "POST", "/v1/pour/{name}", "*", new(httpbody.HttpBody), whole},
	"Collect":     {true, false, "GET", "/v1/collect/{name}", "*", new(api.Collection), whole},
	"CollectInner": {true, false, "GET", "/v1/collect-inner/{name}", "inner", new(api.Collection),
		func(in proto.Message) proto.Message { return in.(*api.Item).Inner }},
	"CollectBare": {true, false, "GET", "/v1/collect-bare/{name}", "", new(api.Collection), whole},
	"Store":       {true, false, "GET", "/v1/store", "*", new(api.Collection), whole},
	"StoreField": {true, false, "GET", "/v1/store/{name}", "file", new(api.Collection),
		func(in proto.Message) proto.Message { return in.(*api.StoreRequest).File }},
	"Echo":      {true, true, "GET", "/v1/echo/{name}", "*", new(api.Item), whole},
	"Greet":     {true, true, "GET", "/v1/greet", "*", new(api.Item), whole},
	"EchoBytes": {true, true, "GET", "/v1/echo-bytes", "*", new(httpbody.HttpBody), whole},
}

// Stream is the client's end of a stream. That of a client stream connects with the first thing that is done.
type Stream struct {
	rule  StreamRule
	open  func(first proto.Message) (http.ClientStream, error)
	mutex sync.Mutex
	inner http.ClientStream
	err   error
}

// OpenStream makes the call; in is the request of a server stream.
func OpenStream(ctx context.Context, client *http.Client, name string, in proto.Message) (*Stream, error) {
	rule := StreamRules[name]
	s := &Stream{rule: rule}
	options := []http.CallOption{http.Operation(streams + name), http.PathTemplate(rule.path)}
	if !rule.Client {
		options = append(options, http.Accept("text/event-stream"), http.ContentType(contentType))
		path, body := http.BuildPath(rule.path, in, http.WithQueryParams()), any(nil)
		if rule.body != "" {
			path, body = http.BuildPath(rule.path, in), in
		}
		s.inner, s.err = client.ServerSentEvent(ctx, rule.verb, path, body, options...)
		return s, s.err
	}
	options = append(options, http.Accept(contentType))
	s.open = func(first proto.Message) (http.ClientStream, error) {
		path := rule.path
		switch {
		case first == nil:
		case rule.body == "":
			path = http.BuildPath(path, first, http.WithQueryParams())
		case rule.body == "*":
			path = http.BuildPath(path, first)
		default:
			path = http.BuildPath(path, first, http.WithQueryParams(), http.WithOmitFields(rule.body))
		}
		// The generated code looks at the whole message, also where a field of it is the frame.
		kind := contentType
		if strings.HasPrefix(name, "Store") || name == "EchoBytes" {
			body, _ := first.(*httpbody.HttpBody)
			kind = http.BodyContentType(body)
		}
		return client.WebSocket(ctx, path, append(options, http.ContentType(kind))...)
	}
	return s, nil
}

func (s *Stream) stream(first proto.Message) (http.ClientStream, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.inner == nil && s.err == nil {
		s.inner, s.err = s.open(first)
	}
	return s.inner, s.err
}

// Send sends one message.
func (s *Stream) Send(in proto.Message) error {
	stream, err := s.stream(in)
	if err != nil {
		return err
	}
	return stream.Send(s.rule.part(in))
}

// Recv receives one message.
func (s *Stream) Recv() (proto.Message, error) {
	stream, err := s.stream(nil)
	if err != nil {
		return nil, err
	}
	out := proto.Clone(s.rule.reply)
	return out, stream.Recv(out)
}

// CloseSend says that nothing more is sent.
func (s *Stream) CloseSend() error {
	stream, err := s.stream(nil)
	if err != nil {
		return err
	}
	return stream.CloseSend()
}

// CloseAndRecv ends a client stream.
func (s *Stream) CloseAndRecv() (proto.Message, error) {
	stream, err := s.stream(nil)
	if err != nil {
		return nil, err
	}
	out := proto.Clone(s.rule.reply)
	return out, stream.CloseAndRecv(out)
}
