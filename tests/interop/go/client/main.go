// Runs the table of cases against a server and prints a line per case: "ok NAME", "FAIL NAME: why",
// "known NAME: which fault" or "open NAME: which difference".
//
//	client -address HOST:PORT -server go|cpp -cases cases.textproto|travel
//
// "travel" in place of a table: the cases of package travel.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/go-kratos/kratos/v3/transport/http"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"interop/api"
	"interop/bindings"
	"interop/travel"

	// The types that cases.textproto puts into Any.
	_ "google.golang.org/genproto/googleapis/api/httpbody"
	_ "google.golang.org/protobuf/types/known/emptypb"
)

func main() {
	address := flag.String("address", "", "host:port of the server")
	server := flag.String("server", "", "go or cpp")
	table := flag.String("cases", "", "the table of cases")
	flag.Parse()
	failed, err := run(*address, *server, *table)
	if err != nil {
		fmt.Fprintln(os.Stderr, "client:", err)
		os.Exit(2)
	}
	if failed > 0 {
		os.Exit(1)
	}
}

func run(address, server, path string) (failed int, err error) {
	peer, ok := api.Peer_value[strings.ToUpper(server)]
	if !ok || peer == 0 {
		return 0, fmt.Errorf("-server must be go or cpp, not %q", server)
	}
	if path == "travel" {
		node := travel.New()
		say, err := bindings.SayOverHTTP(node, address)
		if err != nil {
			return 0, err
		}
		return node.Run("http", say), nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	var table api.CaseTable
	if err := prototext.Unmarshal(text, &table); err != nil {
		return 0, err
	}
	client, err := http.NewClient(context.Background(), http.WithEndpoint(address), http.WithTimeout(0))
	if err != nil {
		return 0, err
	}
	defer client.Close()
	for _, c := range table.Cases {
		expected := expectation(c.Expect, api.Peer(peer))
		problem := ""
		if c.Raw != nil {
			problem = checkRaw(address, c.Raw, expected)
		} else {
			problem = checkCall(client, c, expected)
		}
		failed += report(c.Name, problem, expected)
	}
	for _, c := range table.Streams {
		if c.Server != api.Peer_ANY && c.Server != api.Peer(peer) {
			continue
		}
		expected := expectation(c.Expect, api.Peer(peer))
		failed += report(c.Name, checkStream(client, c, expected), expected)
	}
	return failed, nil
}

// report prints the line of a case and counts its failure.
func report(name, problem string, expected *api.Expectation) (failed int) {
	verdict, listed := "known", expected.GetKnownFault()
	if open := expected.GetOpen(); open != "" {
		verdict, listed = "open", open
	}
	switch {
	case listed != "" && problem == "":
		problem = "listed as not working (" + listed + ") but it works"
		fallthrough
	case listed == "" && problem != "":
		fmt.Printf("FAIL %s: %s\n", name, problem)
		return 1
	case listed != "":
		fmt.Printf("%s %s: %s\n", verdict, name, listed)
	default:
		fmt.Printf("ok %s\n", name)
	}
	return 0
}

func expectation(table []*api.Expectation, server api.Peer) *api.Expectation {
	for _, e := range table {
		if (e.Client == api.Peer_ANY || e.Client == api.Peer_GO) && (e.Server == api.Peer_ANY || e.Server == server) {
			return e
		}
	}
	return &api.Expectation{}
}

// fill gives a field the content 'a' 'b' ... 'z' 'a' ...
func fill(message proto.Message, f *api.Fill) error {
	field := message.ProtoReflect().Descriptor().Fields().ByName(protoreflect.Name(f.Field))
	if field == nil {
		return fmt.Errorf("no field %q to fill", f.Field)
	}
	content := make([]byte, f.Bytes)
	for i := range content {
		content[i] = byte('a' + i%26)
	}
	if field.Kind() == protoreflect.BytesKind {
		message.ProtoReflect().Set(field, protoreflect.ValueOfBytes(content))
	} else {
		message.ProtoReflect().Set(field, protoreflect.ValueOfString(string(content)))
	}
	return nil
}

// checkCall makes the call and says what is wrong with its outcome, or "".
func checkCall(client *http.Client, c *api.Case, expected *api.Expectation) (problem string) {
	// The client library panics on some requests; that fails the case alone.
	defer func() {
		if cause := recover(); cause != nil {
			problem = fmt.Sprint("panic: ", cause)
		}
	}()
	call, ok := bindings.Callers[c.Method]
	if !ok {
		return "no such rpc: " + c.Method
	}
	request, err := c.Request.UnmarshalNew()
	if err != nil {
		return "request: " + err.Error()
	}
	if c.Fill != nil {
		if err := fill(request, c.Fill); err != nil {
			return err.Error()
		}
	}
	timeout := 30 * time.Second
	if c.TimeoutMs > 0 {
		timeout = time.Duration(c.TimeoutMs) * time.Millisecond
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	var options []http.CallOption
	if c.Codec != "" {
		options = append(options, http.ContentType("application/"+c.Codec), http.Accept("application/"+c.Codec))
	}
	// A copy: the client rewrites field masks in the message it is given.
	reply, err := call(ctx, client, proto.Clone(request), options...)
	return checkOutcome(c.Method, request, reply, err, expected)
}
