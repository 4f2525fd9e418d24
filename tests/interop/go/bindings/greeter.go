package bindings

import (
	"context"
	"fmt"

	"github.com/go-kratos/kratos/v3/errors"
	"github.com/go-kratos/kratos/v3/transport/http"
	"google.golang.org/protobuf/proto"

	upstream "interop/upstream"
)

// Greeter is served and called by code that Kratos's own generator wrote.
type Greeter struct{}

func (Greeter) SayHello(ctx context.Context, in *upstream.HelloRequest) (*upstream.HelloReply, error) {
	if in.Name == "nobody" {
		return nil, errors.NotFound("NOBODY", "nobody is here").WithMetadata(map[string]string{"name": in.Name})
	}
	return &upstream.HelloReply{Message: "hello " + in.Name}, nil
}

// RegisterGreeter serves it.
func RegisterGreeter(s *http.Server) { upstream.RegisterGreeterHTTPServer(s, Greeter{}) }

func sayHello(ctx context.Context, client *http.Client, in proto.Message, options ...http.CallOption) (proto.Message, error) {
	request, ok := in.(*upstream.HelloRequest)
	if !ok {
		return nil, fmt.Errorf("the case's request is not of the rpc's type")
	}
	return upstream.NewGreeterHTTPClient(client).SayHello(ctx, request, options...)
}
