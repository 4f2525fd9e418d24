package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/go-kratos/kratos/v3/transport/http"
	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	"interop/api"
	"interop/bindings"
)

// streamRun is one streaming call: what was sent, what came back and how it ended.
type streamRun struct {
	c        *api.StreamCase
	rule     bindings.StreamRule
	stream   *bindings.Stream
	cancel   func()
	sent     []proto.Message
	received []proto.Message
}

// checkStream makes the call and says what is wrong with it, or "".
func checkStream(client *http.Client, c *api.StreamCase, expected *api.Expectation) (problem string) {
	defer func() {
		if cause := recover(); cause != nil {
			problem = fmt.Sprint("panic: ", cause)
		}
	}()
	rule, ok := bindings.StreamRules[c.Method]
	if !ok {
		return "no such rpc: " + c.Method
	}
	messages, err := streamMessages(c)
	if err != nil {
		return err.Error()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	run := &streamRun{c: c, rule: rule, cancel: cancel, sent: messages}
	err = run.call(ctx, client)
	if c.CancelAfter > 0 {
		return checkGone(client, err, run.sent[0])
	}
	want, problem := wantedMessages(c, run, expected)
	if problem != "" {
		return problem
	}
	if want := expected.GetError(); want != nil {
		problem = checkError(err, want)
	} else if err != nil {
		problem = "failed: " + short(err.Error())
	}
	if problem != "" {
		return problem
	}
	return differentMessages(run.received, want)
}

func streamMessages(c *api.StreamCase) ([]proto.Message, error) {
	var messages []proto.Message
	for range max(c.Times, 1) {
		for _, packed := range c.Send {
			message, err := packed.UnmarshalNew()
			if err != nil {
				return nil, err
			}
			if c.Fill != nil {
				if err := fill(message, c.Fill); err != nil {
					return nil, err
				}
			}
			messages = append(messages, message)
		}
	}
	return messages, nil
}

func (r *streamRun) call(ctx context.Context, client *http.Client) (err error) {
	var request proto.Message
	if !r.rule.Client {
		request = proto.Clone(r.sent[0])
	}
	if r.stream, err = bindings.OpenStream(ctx, client, r.c.Method, request); err != nil {
		return err
	}
	switch {
	case !r.rule.Client:
		return r.drain()
	case !r.rule.Server:
		return r.collect()
	default:
		return r.talk()
	}
}

// receive takes one message; done says that the stream has ended well.
func (r *streamRun) receive() (done bool, err error) {
	message, err := r.stream.Recv()
	if errors.Is(err, io.EOF) {
		return true, nil
	}
	if err == nil {
		r.received = append(r.received, message)
	}
	return false, err
}

func (r *streamRun) drain() error {
	for {
		if r.c.CancelAfter > 0 && len(r.received) == int(r.c.CancelAfter) {
			r.cancel()
		}
		if r.c.CancelAfter > 0 && len(r.received) > int(r.c.CancelAfter)+1000 {
			return nil
		}
		if done, err := r.receive(); done || err != nil {
			return err
		}
	}
}

func (r *streamRun) collect() error {
	for _, message := range r.sent {
		// A failure is told by CloseAndRecv.
		if r.stream.Send(message) != nil {
			break
		}
	}
	reply, err := r.stream.CloseAndRecv()
	if err == nil {
		r.received = append(r.received, reply)
	}
	return err
}

func (r *streamRun) talk() error {
	if r.c.Method == "Greet" {
		if done, err := r.receive(); done || err != nil {
			return err
		}
	}
	for _, message := range r.sent {
		if err := r.stream.Send(message); err != nil {
			break
		}
		if r.c.Burst {
			continue
		}
		if done, err := r.receive(); done || err != nil {
			return err
		}
	}
	if r.c.CancelAfter == 0 {
		_ = r.stream.CloseSend()
	}
	return r.drain()
}

// wantedMessages are what the server should have sent.
func wantedMessages(c *api.StreamCase, r *streamRun, expected *api.Expectation) ([]proto.Message, string) {
	if len(expected.Received) > 0 {
		return unpackAll(expected.Received)
	}
	switch request := r.sent[0].(type) {
	case *api.WatchRequest:
		return watched(c.Method, request), ""
	default:
		if !r.rule.Server {
			return collected(r.sent, expected), ""
		}
		var want []proto.Message
		if c.Method == "Greet" {
			want = append(want, &api.Item{Name: "hello"})
		}
		for _, message := range r.sent {
			if item, ok := message.(*api.Item); ok && item.Name == "fail" {
				return want, ""
			}
			want = append(want, message)
		}
		if c.Method != "EchoBytes" {
			want = append(want, &api.Item{Name: "bye", Number: int32(len(r.sent))})
		}
		return want, ""
	}
}

func unpackAll(packed []*anypb.Any) ([]proto.Message, string) {
	var messages []proto.Message
	for _, one := range packed {
		message, err := one.UnmarshalNew()
		if err != nil {
			return nil, err.Error()
		}
		messages = append(messages, message)
	}
	return messages, ""
}

func watched(method string, request *api.WatchRequest) []proto.Message {
	var want []proto.Message
	for number := int32(1); number <= request.Count; number++ {
		if method == "Pour" {
			want = append(want, &httpbody.HttpBody{Data: request.Data})
			continue
		}
		item := &api.Item{Name: request.Name, Number: number}
		if request.Letters > 0 {
			_ = fill(item, &api.Fill{Field: "text", Bytes: request.Letters})
		}
		for range request.Tags {
			item.Tags = append(item.Tags, item.Text)
		}
		want = append(want, item)
	}
	return want
}

func collected(sent []proto.Message, expected *api.Expectation) []proto.Message {
	if expected.GetError() != nil {
		return nil
	}
	want := new(api.Collection)
	for _, message := range sent {
		switch message := message.(type) {
		case *api.Item:
			want.Items = append(want.Items, message)
		case *httpbody.HttpBody:
			want.Data = append(want.Data, message.Data...)
		case *api.StoreRequest:
			want.Name, want.Revision = message.Name, message.Revision
			want.Data = append(want.Data, message.File.GetData()...)
		}
	}
	return []proto.Message{want}
}

// differentMessages compares. Of an HttpBody only the bytes count: the streams of Kratos lose its content type.
func differentMessages(got, want []proto.Message) string {
	for i := range min(len(got), len(want)) {
		if body, ok := want[i].(*httpbody.HttpBody); ok {
			want[i] = &httpbody.HttpBody{Data: body.Data}
		}
		if problem := difference(fmt.Sprintf("message %d", i+1), got[i], want[i]); problem != "" {
			return problem
		}
	}
	if len(got) != len(want) {
		return fmt.Sprintf("%d messages, want %d", len(got), len(want))
	}
	return ""
}

// checkGone asks whether the server has noticed that the call was given up.
func checkGone(client *http.Client, err error, first proto.Message) string {
	if err == nil {
		return "messages come in spite of the cancellation"
	}
	name := ""
	switch first := first.(type) {
	case *api.WatchRequest:
		name = first.Name
	case *api.Item:
		name = first.Name
	}
	var last error
	// Each time the server waits for it, up to its time-out of a second.
	for range 10 {
		_, last = api.NewStreamsHTTPClient(client).Gone(context.Background(), &api.WatchRequest{Name: name})
		if last == nil {
			return ""
		}
	}
	return "the server has not noticed: " + last.Error()
}
