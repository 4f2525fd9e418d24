// Serves the comparison's services with grpc-gateway v2 on a free port, until SIGTERM: in the process (default), or over gRPC
// on a loopback connection to a gRPC server in this process (-hop).
package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"compare/api"
	"compare/routes"
	"compare/side"
)

// What a call may carry over gRPC: the largest reply and some more.
const maxMessageBytes = 128 << 20

type shop struct {
	api.UnimplementedShopServer
	list *api.Page
}

func (shop) Hello(_ context.Context, in *api.HelloRequest) (*api.HelloReply, error) {
	return side.Hello(in.Name), nil
}

func (shop) Mirror(_ context.Context, in *api.Page) (*api.Page, error) { return in, nil }

func (s shop) List(context.Context, *api.ListRequest) (*api.Page, error) { return s.list, nil }

func (shop) Download(_ context.Context, in *api.BlobRequest) (*httpbody.HttpBody, error) {
	return &httpbody.HttpBody{ContentType: "text/plain", Data: side.Letters(in.Bytes)}, nil
}

func (shop) Fail(_ context.Context, in *api.FailRequest) (*api.HelloReply, error) {
	// HTTP 409, with the reason where Google's APIs have it.
	failure, err := status.New(codes.AlreadyExists, "nothing left").WithDetails(&errdetails.ErrorInfo{Reason: in.Reason})
	if err != nil {
		return nil, err
	}
	return nil, failure.Err()
}

// inProcess connects the mux with the services through functions.
func inProcess(mux *runtime.ServeMux, service shop, many bool) error {
	ctx := context.Background()
	if many {
		if err := api.RegisterRoutesHandlerServer(ctx, mux, routes.Service{}); err != nil {
			return err
		}
	}
	return api.RegisterShopHandlerServer(ctx, mux, service)
}

// overGRPC connects the mux with a gRPC server.
func overGRPC(mux *runtime.ServeMux, service shop, many bool) error {
	listener, err := side.Listen()
	if err != nil {
		return err
	}
	server := grpc.NewServer(grpc.MaxSendMsgSize(maxMessageBytes))
	api.RegisterShopServer(server, service)
	ctx, address := context.Background(), listener.Addr().String()
	options := []grpc.DialOption{
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessageBytes)),
	}
	if many {
		api.RegisterRoutesServer(server, routes.Service{})
		if err := api.RegisterRoutesHandlerFromEndpoint(ctx, mux, address, options); err != nil {
			return err
		}
	}
	go func() { _ = server.Serve(listener) }()
	return api.RegisterShopHandlerFromEndpoint(ctx, mux, address, options)
}

func run() error {
	path := flag.String("list", "", "file with the page that List answers, as JSON")
	many := flag.Bool("routes", false, "serve the service with very many routes too")
	hop := flag.Bool("hop", false, "call the service over gRPC")
	flag.Parse()
	list, err := side.List(*path)
	if err != nil {
		return err
	}
	listener, err := side.Listen()
	if err != nil {
		return err
	}
	mux := runtime.NewServeMux()
	register := inProcess
	if *hop {
		register = overGRPC
	}
	if err := register(mux, shop{list: list}, *many); err != nil {
		return err
	}
	go func() {
		if err := http.Serve(listener, mux); err != nil {
			fmt.Fprintln(os.Stderr, "gateway:", err)
			os.Exit(1)
		}
	}()
	return side.Announce(listener)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "gateway:", err)
		os.Exit(1)
	}
}
