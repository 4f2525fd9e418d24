// Calls helloworld.Greeter over gRPC with Kratos v3 and prints a line per case: "ok NAME" or "FAIL NAME: why".
//
//	grpcclient -address HOST:PORT -server go|cpp
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/go-kratos/kratos/v3/errors"
	"github.com/go-kratos/kratos/v3/transport/grpc"
	googlegrpc "google.golang.org/grpc"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/reflection/grpc_reflection_v1"

	"interop/bindings"
	"interop/travel"
	upstream "interop/upstream"
)

type cases struct {
	connection *googlegrpc.ClientConn
	client     upstream.GreeterClient
	cpp        bool
}

func main() {
	address := flag.String("address", "", "host:port of the server")
	server := flag.String("server", "", "go or cpp")
	flag.Parse()
	connection, err := grpc.NewClient(context.Background(), grpc.WithEndpoint(*address), grpc.WithTimeout(0))
	if err != nil {
		fmt.Fprintln(os.Stderr, "client:", err)
		os.Exit(2)
	}
	defer connection.Close()
	c := cases{connection, upstream.NewGreeterClient(connection), *server == "cpp"}
	failed := false
	for _, row := range []struct {
		name  string
		check func(context.Context) string
	}{
		{"grpc unary", c.unary},
		{"grpc metadata both ways", c.metadata},
		{"grpc error with reason and metadata", c.reason},
		{"grpc error with a code outside the table", c.teapot},
		{"grpc deadline", c.deadline},
		{"grpc stream", c.stream},
		{"grpc stream that fails", c.failingStream},
		{"grpc health", c.health},
		{"grpc reflection", c.reflection},
	} {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		if problem := row.check(ctx); problem != "" {
			fmt.Printf("FAIL %s: %s\n", row.name, problem)
			failed = true
		} else {
			fmt.Println("ok", row.name)
		}
		cancel()
	}
	node := travel.New()
	say, err := bindings.SayOverGRPC(node, *address)
	if err != nil {
		fmt.Fprintln(os.Stderr, "client:", err)
		os.Exit(2)
	}
	if node.Run("grpc", say) > 0 || failed {
		os.Exit(1)
	}
}

// isError says what is wrong with an error, or "".
func isError(err error, code int, reason, message string, metadata map[string]string) string {
	if err == nil {
		return "no error"
	}
	e := errors.FromError(err)
	if int(e.Code) != code || e.Reason != reason || e.Message != message {
		return fmt.Sprintf("error %d %q %q", e.Code, e.Reason, e.Message)
	}
	for key, value := range metadata {
		if e.Metadata[key] != value {
			return fmt.Sprintf("metadata %v", e.Metadata)
		}
	}
	return ""
}

func (c cases) unary(ctx context.Context) string {
	reply, err := c.client.SayHello(ctx, &upstream.HelloRequest{Name: "world"})
	if err != nil {
		return err.Error()
	}
	if reply.Message != "hello world" {
		return reply.Message
	}
	return ""
}

func (c cases) metadata(ctx context.Context) string {
	var header metadata.MD
	ctx = metadata.AppendToOutgoingContext(ctx, "x-md-color", "red", "x-md-color", "blue")
	if _, err := c.client.SayHello(ctx, &upstream.HelloRequest{Name: "world"}, googlegrpc.Header(&header)); err != nil {
		return err.Error()
	}
	if !slices.Equal(header.Get("x-color"), []string{"red", "blue"}) {
		return fmt.Sprint(header)
	}
	return ""
}

func (c cases) reason(ctx context.Context) string {
	_, err := c.client.SayHello(ctx, &upstream.HelloRequest{Name: "nobody"})
	return isError(err, 404, "NOBODY", "nobody is here", map[string]string{"name": "nobody"})
}

func (c cases) teapot(ctx context.Context) string {
	_, err := c.client.SayHello(ctx, &upstream.HelloRequest{Name: "teapot"})
	// Kratos has no place for the code: UNKNOWN, which is 500.
	wanted := map[string]string{}
	if c.cpp {
		wanted["kratos-code"] = "418"
	}
	return isError(err, 500, "TEAPOT", "short and stout", wanted)
}

func (c cases) deadline(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	_, err := c.client.SayHello(ctx, &upstream.HelloRequest{Name: "wait"})
	if err == nil || errors.FromError(err).Code != 504 {
		return fmt.Sprint(err)
	}
	return ""
}

func (c cases) stream(ctx context.Context) string {
	stream, err := c.client.SayHelloStream(ctx)
	if err != nil {
		return err.Error()
	}
	for i := range 100 {
		name := fmt.Sprint("number ", i)
		if err := stream.Send(&upstream.HelloRequest{Name: name}); err != nil {
			return err.Error()
		}
		reply, err := stream.Recv()
		if err != nil {
			return err.Error()
		}
		if reply.Message != "hello "+name {
			return reply.Message
		}
	}
	if err := stream.CloseSend(); err != nil {
		return err.Error()
	}
	if _, err := stream.Recv(); err != io.EOF {
		return fmt.Sprint("the end: ", err)
	}
	return ""
}

func (c cases) failingStream(ctx context.Context) string {
	stream, err := c.client.SayHelloStream(ctx)
	if err != nil {
		return err.Error()
	}
	if err := stream.Send(&upstream.HelloRequest{Name: "fail"}); err != nil {
		return err.Error()
	}
	_, err = stream.Recv()
	return isError(err, 409, "STOPPED", "as asked", map[string]string{"name": "fail"})
}

func (c cases) health(ctx context.Context) string {
	reply, err := grpc_health_v1.NewHealthClient(c.connection).Check(ctx, &grpc_health_v1.HealthCheckRequest{})
	if err != nil {
		return err.Error()
	}
	if reply.Status != grpc_health_v1.HealthCheckResponse_SERVING {
		return reply.Status.String()
	}
	return ""
}

func (c cases) reflection(ctx context.Context) string {
	stream, err := grpc_reflection_v1.NewServerReflectionClient(c.connection).ServerReflectionInfo(ctx)
	if err != nil {
		return err.Error()
	}
	request := &grpc_reflection_v1.ServerReflectionRequest{
		MessageRequest: &grpc_reflection_v1.ServerReflectionRequest_ListServices{},
	}
	if err := stream.Send(request); err != nil {
		return err.Error()
	}
	reply, err := stream.Recv()
	if err != nil {
		return err.Error()
	}
	for _, service := range reply.GetListServicesResponse().GetService() {
		if service.Name == "helloworld.Greeter" {
			return ""
		}
	}
	return "helloworld.Greeter is not listed"
}
