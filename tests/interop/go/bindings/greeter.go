package bindings

import (
	"context"

	"github.com/go-kratos/kratos/v3/errors"
	"github.com/go-kratos/kratos/v3/transport/grpc"
	"github.com/go-kratos/kratos/v3/transport/http"

	"interop/travel"
	upstream "interop/upstream"
)

// Greeter is served and called by code that Kratos's v3 generator wrote.
type Greeter struct{ Travel *travel.Node }

func (g Greeter) SayHello(ctx context.Context, in *upstream.HelloRequest) (*upstream.HelloReply, error) {
	if message, err := g.Travel.Answer(ctx, in.Name); message != "" || err != nil {
		return &upstream.HelloReply{Message: message}, err
	}
	if in.Name == "nobody" {
		return nil, errors.NotFound("NOBODY", "nobody is here").WithMetadata(map[string]string{"name": in.Name})
	}
	return &upstream.HelloReply{Message: "hello " + in.Name}, nil
}

// RegisterGreeter serves it at an address.
func RegisterGreeter(s *http.Server, address string) error {
	node := travel.New()
	var err error
	if node.Onward, err = SayOverHTTP(node, address); err != nil {
		return err
	}
	s.Use("/helloworld.Greeter/*", node.ServerMiddleware()...)
	upstream.RegisterGreeterHTTPServer(s, Greeter{node})
	return nil
}

// SayOverHTTP is SayHello through a client with the node's middleware.
func SayOverHTTP(node *travel.Node, address string) (travel.Say, error) {
	client, err := http.NewClient(context.Background(), http.WithEndpoint(address), http.WithTimeout(0),
		http.WithMiddleware(node.ClientMiddleware()...))
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, name string) (string, error) {
		reply, err := upstream.NewGreeterHTTPClient(client).SayHello(ctx, &upstream.HelloRequest{Name: name})
		return reply.GetMessage(), err
	}, nil
}

// SayOverGRPC is the same over gRPC.
func SayOverGRPC(node *travel.Node, address string) (travel.Say, error) {
	connection, err := grpc.NewClient(context.Background(), grpc.WithEndpoint(address), grpc.WithTimeout(0),
		grpc.WithMiddleware(node.ClientMiddleware()...))
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, name string) (string, error) {
		reply, err := upstream.NewGreeterClient(connection).SayHello(ctx, &upstream.HelloRequest{Name: name})
		return reply.GetMessage(), err
	}, nil
}
