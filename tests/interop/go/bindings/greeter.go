package bindings

import (
	"context"

	"github.com/go-kratos/kratos/v3/errors"
	"github.com/go-kratos/kratos/v3/transport/http"

	upstream "interop/upstream"
)

// Greeter is served and called by code that Kratos's v3 generator wrote.
type Greeter struct{}

func (Greeter) SayHello(ctx context.Context, in *upstream.HelloRequest) (*upstream.HelloReply, error) {
	if in.Name == "nobody" {
		return nil, errors.NotFound("NOBODY", "nobody is here").WithMetadata(map[string]string{"name": in.Name})
	}
	return &upstream.HelloReply{Message: "hello " + in.Name}, nil
}

// RegisterGreeter serves it.
func RegisterGreeter(s *http.Server) { upstream.RegisterGreeterHTTPServer(s, Greeter{}) }
