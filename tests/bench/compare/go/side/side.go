// Package side is what the Go contenders share besides the generated code: the list they serve, and how they say where they
// listen and what they allocated.
package side

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"google.golang.org/protobuf/encoding/protojson"

	"compare/api"
)

// List is the page in a file of JSON.
func List(path string) (*api.Page, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	page := new(api.Page)
	if err := protojson.Unmarshal(text, page); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return page, nil
}

// Listen takes a free port of the loopback interface.
func Listen() (net.Listener, error) { return net.Listen("tcp", "127.0.0.1:0") }

func port(listener net.Listener) int { return listener.Addr().(*net.TCPAddr).Port }

// Announce prints "port N", and "stats M" for a second port where each GET is answered with the number of heap objects
// allocated so far. It returns on SIGINT or SIGTERM.
func Announce(listener net.Listener) error {
	stats, err := Listen()
	if err != nil {
		return err
	}
	go func() {
		_ = http.Serve(stats, http.HandlerFunc(func(writer http.ResponseWriter, _ *http.Request) {
			var memory runtime.MemStats
			runtime.ReadMemStats(&memory)
			fmt.Fprintln(writer, memory.Mallocs)
		}))
	}()
	fmt.Printf("port %d\nstats %d\n", port(listener), port(stats))
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	<-stop
	return nil
}

// Letters is so many letters x.
func Letters(bytes int64) []byte {
	data := make([]byte, bytes)
	for i := range data {
		data[i] = 'x'
	}
	return data
}

// Hello is the smallest reply.
func Hello(name string) *api.HelloReply { return &api.HelloReply{Message: "Hello " + name} }
