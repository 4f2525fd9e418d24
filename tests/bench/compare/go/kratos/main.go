// Serves the comparison's services with Go Kratos v3 on a free port, until SIGTERM.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	kerrors "github.com/go-kratos/kratos/v3/errors"
	"github.com/go-kratos/kratos/v3/transport/http"
	"golang.org/x/sys/unix"
	"google.golang.org/genproto/googleapis/api/httpbody"

	"compare/api"
	"compare/routes"
	"compare/side"
)

type shop struct{ list *api.Page }

func (shop) Hello(_ context.Context, in *api.HelloRequest) (*api.HelloReply, error) {
	return side.Hello(in.Name), nil
}

func (shop) Mirror(_ context.Context, in *api.Page) (*api.Page, error) { return in, nil }

func (s shop) List(context.Context, *api.ListRequest) (*api.Page, error) { return s.list, nil }

func (shop) Download(_ context.Context, in *api.BlobRequest) (*httpbody.HttpBody, error) {
	return &httpbody.HttpBody{ContentType: "text/plain", Data: side.Letters(in.Bytes)}, nil
}

func (shop) Fail(_ context.Context, in *api.FailRequest) (*api.HelloReply, error) {
	return nil, kerrors.New(409, in.Reason, "nothing left")
}

func watch(in *api.FeedRequest, out http.ServerStream) error {
	ticker := time.NewTicker(time.Duration(in.Interval) * time.Millisecond)
	defer ticker.Stop()
	for {
		var now unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
			return err
		}
		if err := out.Send(&api.FeedMessage{Sent: now.Nano()}); err != nil {
			return err
		}
		<-ticker.C
	}
}

func chat(stream http.ServerStream) error {
	for {
		message := new(api.FeedMessage)
		err := stream.Recv(message)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = stream.Send(message)
		}
		if err != nil {
			return err
		}
	}
}

func run() error {
	path := flag.String("list", "", "file with the page that List answers, as JSON")
	many := flag.Bool("routes", false, "serve the service with very many routes too")
	flag.Parse()
	list, err := side.List(*path)
	if err != nil {
		return err
	}
	listener, err := side.Listen()
	if err != nil {
		return err
	}
	server := http.NewServer(http.Listener(listener))
	api.RegisterShopHTTPServer(server, shop{list: list})
	registerFeeds(server)
	if *many {
		api.RegisterRoutesHTTPServer(server, routes.Service{})
	}
	go func() {
		if err := server.Start(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, "kratos:", err)
			os.Exit(1)
		}
	}()
	return side.Announce(listener)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "kratos:", err)
		os.Exit(1)
	}
}
