// Package bindings serves and calls interop.Interop over the public interface of Kratos v3's transport/http.
//
// The generator protoc-gen-go-http is a module of its own which run.sh does not depend on; what it would emit is stated here
// instead: which rule is bound where and in which order. All that decides about bytes on the wire (router, path and query
// building, codecs, error coding, HttpBody) is upstream's runtime.
package bindings

import (
	"context"
	"regexp"
	"strings"

	"github.com/go-kratos/kratos/v3/transport/http"
	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/protobuf/proto"
)

const contentType = "application/protojson"

// rule is one google.api.http rule: body is "", "*" or the JSON name of a field.
type rule struct {
	verb, path, body string
}

// method is an rpc. The functions give the field that body and response_body name, as a target to decode into and as a value
// to encode; they are nil where the rules name none.
type method[Req, Rep any] struct {
	operation string
	// The primary rule first.
	rules       []rule
	bodyTarget  func(*Req) any
	bodyValue   func(*Req) any
	replyTarget func(*Rep) any
	replyValue  func(*Rep) any
}

// serve binds every rule: additional bindings first, the primary one last.
func serve[Req, Rep any](r *http.Router, m method[Req, Rep], handle func(context.Context, *Req) (*Rep, error)) {
	for _, additional := range m.rules[1:] {
		r.Handle(additional.verb, routerPath(additional.path), m.handler(additional, handle))
	}
	r.Handle(m.rules[0].verb, routerPath(m.rules[0].path), m.handler(m.rules[0], handle))
}

func (m method[Req, Rep]) handler(r rule, handle func(context.Context, *Req) (*Rep, error)) http.HandlerFunc {
	return func(ctx http.Context) error {
		in := new(Req)
		if r.body == "*" {
			if err := ctx.Bind(in); err != nil {
				return err
			}
		} else {
			if r.body != "" {
				if err := ctx.Bind(m.bodyTarget(in)); err != nil {
					return err
				}
			}
			if err := ctx.BindQuery(in); err != nil {
				return err
			}
		}
		if strings.Contains(r.path, "{") {
			if err := ctx.BindVars(in); err != nil {
				return err
			}
		}
		http.SetOperation(ctx, m.operation)
		next := ctx.Middleware(func(ctx context.Context, req any) (any, error) {
			return handle(ctx, req.(*Req))
		})
		out, err := next(ctx, in)
		if err != nil {
			return err
		}
		if m.replyValue != nil {
			return ctx.Result(200, m.replyValue(out.(*Rep)))
		}
		return ctx.Result(200, out)
	}
}

// call invokes the primary rule.
func call[Req, Rep any](ctx context.Context, client *http.Client, m method[Req, Rep], in *Req, opts []http.CallOption) (*Rep, error) {
	r := m.rules[0]
	var args any
	var path string
	options := []http.CallOption{http.Accept(contentType), http.Operation(m.operation), http.PathTemplate(r.path)}
	switch r.body {
	case "":
		path = http.BuildPath(r.path, in, http.WithQueryParams())
	case "*":
		path, args = http.BuildPath(r.path, in), in
	default:
		path, args = http.BuildPath(r.path, in, http.WithQueryParams(), http.WithOmitFields(r.body)), m.bodyValue(in)
	}
	switch body := args.(type) {
	case nil:
	case *httpbody.HttpBody:
		options = append(options, http.ContentType(http.BodyContentType(body)))
	default:
		options = append(options, http.ContentType(contentType))
	}
	out := new(Rep)
	var target any = out
	if m.replyTarget != nil {
		target = m.replyTarget(out)
	}
	if err := client.Invoke(ctx, r.verb, path, args, target, append(options, opts...)...); err != nil {
		return nil, err
	}
	return out, nil
}

var variable = regexp.MustCompile(`{([\w.]+)=([^{}]*)}`)

// routerPath rewrites {name=pattern} to the router's {name:regex}.
func routerPath(template string) string {
	return variable.ReplaceAllStringFunc(template, func(text string) string {
		parts := variable.FindStringSubmatch(text)
		segments := strings.Split(parts[2], "/")
		for i, segment := range segments {
			switch segment {
			case "*":
				segments[i] = "[^/]+"
			case "**":
				segments[i] = ".*"
			default:
				segments[i] = regexp.QuoteMeta(segment)
			}
		}
		return "{" + parts[1] + ":" + strings.Join(segments, "/") + "}"
	})
}

// Caller is one rpc of a client, for table-driven use.
type Caller func(context.Context, *http.Client, proto.Message, ...http.CallOption) (proto.Message, error)

func caller[Req, Rep any, PReq interface {
	*Req
	proto.Message
}, PRep interface {
	*Rep
	proto.Message
}](m method[Req, Rep]) Caller {
	return func(ctx context.Context, client *http.Client, in proto.Message, opts ...http.CallOption) (proto.Message, error) {
		out, err := call(ctx, client, m, (*Req)(in.(PReq)), opts)
		if err != nil {
			return nil, err
		}
		return PRep(out), nil
	}
}
