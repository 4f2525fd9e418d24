// Serves interop.Interop with Kratos v3 on a free port, printed as "port N", until SIGTERM.
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/go-kratos/kratos/v3/transport/http"

	"interop/api"
	"interop/bindings"
)

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
	server := http.NewServer(http.Listener(listener), http.Timeout(time.Second))
	api.RegisterInteropHTTPServer(server, service{})
	if err := bindings.RegisterGreeter(server, listener.Addr().String()); err != nil {
		return err
	}
	streaming := &streams{gone: make(map[string]chan struct{})}
	bindings.RegisterStreams(server, streaming)
	api.RegisterStreamsHTTPServer(server, streaming)
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
