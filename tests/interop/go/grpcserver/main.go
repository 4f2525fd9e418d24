// Serves helloworld.Greeter over gRPC with Kratos v3 on a free port, printed as "port N", until SIGTERM.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/go-kratos/kratos/v3/errors"
	"github.com/go-kratos/kratos/v3/transport"
	"github.com/go-kratos/kratos/v3/transport/grpc"

	"interop/bindings"
	"interop/travel"
	upstream "interop/upstream"
)

// greeter does what GreeterService of cpp/grpc_server.cc does.
type greeter struct {
	upstream.UnimplementedGreeterServer
	travel *travel.Node
}

func (g greeter) SayHello(ctx context.Context, in *upstream.HelloRequest) (*upstream.HelloReply, error) {
	if message, err := g.travel.Answer(ctx, in.Name); message != "" || err != nil {
		return &upstream.HelloReply{Message: message}, err
	}
	switch in.Name {
	case "nobody":
		return nil, errors.NotFound("NOBODY", "nobody is here").WithMetadata(map[string]string{"name": in.Name})
	case "teapot":
		return nil, errors.New(418, "TEAPOT", "short and stout")
	case "wait":
		<-ctx.Done()
		return nil, errors.GatewayTimeout("WAITED", "the caller is gone")
	}
	if info, ok := transport.FromServerContext(ctx); ok {
		for _, color := range info.RequestHeader().Values("x-md-color") {
			info.ReplyHeader().Add("x-color", color)
		}
	}
	return &upstream.HelloReply{Message: "hello " + in.Name}, nil
}

func (greeter) SayHelloStream(stream upstream.Greeter_SayHelloStreamServer) error {
	for {
		in, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if in.Name == "fail" {
			return errors.Conflict("STOPPED", "as asked").WithMetadata(map[string]string{"name": in.Name})
		}
		if err := stream.Send(&upstream.HelloReply{Message: "hello " + in.Name}); err != nil {
			return err
		}
	}
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "server:", err)
		os.Exit(1)
	}
}

func run() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := grpc.NewServer(grpc.Listener(listener), grpc.Timeout(30*time.Second))
	node := travel.New()
	if node.Onward, err = bindings.SayOverGRPC(node, listener.Addr().String()); err != nil {
		return err
	}
	server.Use("/helloworld.Greeter/*", node.ServerMiddleware()...)
	upstream.RegisterGreeterServer(server, greeter{travel: node})
	stop, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- server.Start(context.Background()) }()
	fmt.Println("port", listener.Addr().(*net.TCPAddr).Port)
	select {
	case err = <-done:
		return err
	case <-stop.Done():
		grace, cancelGrace := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancelGrace()
		return server.Stop(grace)
	}
}
