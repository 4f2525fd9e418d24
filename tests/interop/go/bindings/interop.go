// Package bindings gives the rpcs of interop.proto as a client calls them, by name.
//
// Nearly all of it is what protoc-gen-go-http wrote for interop.proto (package api). That generator is v2's, and of what v3's
// does differently one thing would change requests: beside a body that is one field, v2's clients leave the other fields out
// while v3's send them as query. The four rpcs it concerns are stated by hand, as v3's generator would emit them.
package bindings

import (
	"context"

	"github.com/go-kratos/kratos/v3/transport/http"
	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/protobuf/proto"

	"interop/api"
	upstream "interop/upstream"
)

const contentType = "application/protojson"

// Caller is one rpc of a client, for table-driven use.
type Caller func(context.Context, *http.Client, proto.Message, ...http.CallOption) (proto.Message, error)

// options are what v3's generator emits into a call: it asks for protojson, and says of a body what it is.
func options(body any, rest []http.CallOption) []http.CallOption {
	options := []http.CallOption{http.Accept(contentType)}
	switch body := body.(type) {
	case nil:
	case *httpbody.HttpBody:
		options = append(options, http.ContentType(http.BodyContentType(body)))
	default:
		options = append(options, http.ContentType(contentType))
	}
	return append(options, rest...)
}

// generated is an rpc through the code of the generator. It has a body when the rule says body: "*".
func generated[Req, Rep proto.Message](
	method func(api.InteropHTTPClient, context.Context, Req, ...http.CallOption) (Rep, error), body bool,
) Caller {
	return func(ctx context.Context, client *http.Client, in proto.Message, rest ...http.CallOption) (proto.Message, error) {
		var sent any
		if body {
			sent = in
		}
		out, err := method(api.NewInteropHTTPClient(client), ctx, in.(Req), options(sent, rest)...)
		if err != nil {
			return nil, err
		}
		return out, nil
	}
}

// byHand is an rpc with the rule {verb: path body: field}.
func byHand(operation, verb, path, field string, value func(proto.Message) any) Caller {
	return func(ctx context.Context, client *http.Client, in proto.Message, rest ...http.CallOption) (proto.Message, error) {
		target := http.BuildPath(path, in, http.WithQueryParams(), http.WithOmitFields(field))
		body := value(in)
		out := new(api.EchoReply)
		rest = append([]http.CallOption{http.Operation(operation), http.PathTemplate(path)}, rest...)
		if err := client.Invoke(ctx, verb, target, body, out, options(body, rest)...); err != nil {
			return nil, err
		}
		return out, nil
	}
}

func book(in proto.Message) any { return in.(*api.BookRequest).Book }

func sayHello(ctx context.Context, client *http.Client, in proto.Message, options ...http.CallOption) (proto.Message, error) {
	out, err := upstream.NewGreeterHTTPClient(client).SayHello(ctx, in.(*upstream.HelloRequest), options...)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Callers are the client's methods by rpc name.
var Callers = map[string]Caller{
	"GetSimple":    generated(api.InteropHTTPClient.GetSimple, false),
	"GetShelfBook": generated(api.InteropHTTPClient.GetShelfBook, false),
	"GetTree":      generated(api.InteropHTTPClient.GetTree, false),
	"GetUser":      generated(api.InteropHTTPClient.GetUser, false),
	"GetNested":    generated(api.InteropHTTPClient.GetNested, false),
	"Query":        generated(api.InteropHTTPClient.Query, false),
	"Create":       generated(api.InteropHTTPClient.Create, true),
	"CreateBook":   byHand(api.OperationInteropCreateBook, "POST", "/v1/{parent=shelves/*}/books", "book", book),
	"ReplaceBook":  byHand(api.OperationInteropReplaceBook, "PUT", "/v1/books/{book.id}", "book", book),
	"PutAll":       generated(api.InteropHTTPClient.PutAll, true),
	"PatchBook":    byHand(api.OperationInteropPatchBook, "PATCH", "/v1/books/{book.id}", "book", book),
	"DeleteBook":   generated(api.InteropHTTPClient.DeleteBook, false),
	"Cancel":       generated(api.InteropHTTPClient.Cancel, true),
	"Many":         generated(api.InteropHTTPClient.Many, false),
	"Choose":       generated(api.InteropHTTPClient.Choose, false),
	"PostChoice":   generated(api.InteropHTTPClient.PostChoice, true),
	"TakeBook":     generated(api.InteropHTTPClient.TakeBook, false),
	"TakeTitles":   generated(api.InteropHTTPClient.TakeTitles, false),
	"Upload":       generated(api.InteropHTTPClient.Upload, true),
	"UploadField": byHand(api.OperationInteropUploadField, "POST", "/v1/uploads/{name}", "content",
		func(in proto.Message) any { return in.(*api.UploadRequest).Content }),
	"Download":      generated(api.InteropHTTPClient.Download, false),
	"DownloadField": generated(api.InteropHTTPClient.DownloadField, false),
	"Mirror":        generated(api.InteropHTTPClient.Mirror, true),
	"Fail":          generated(api.InteropHTTPClient.Fail, true),
	"Wait":          generated(api.InteropHTTPClient.Wait, false),
	"Plain":         generated(api.InteropHTTPClient.Plain, false),
	"SayHello":      sayHello,
}
