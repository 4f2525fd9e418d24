package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"time"

	kerrors "github.com/go-kratos/kratos/v3/errors"
	"github.com/go-kratos/kratos/v3/transport/http"
	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"

	"interop/api"
)

// streams serves interop.Streams; cpp/streams.cc does the same.
type streams struct {
	mutex sync.Mutex
	// By the name of an endless reply: closed once it could not be sent any more.
	gone map[string]chan struct{}
}

func (s *streams) goneOf(name string) chan struct{} {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	gone := s.gone[name]
	if gone == nil {
		gone = make(chan struct{})
		s.gone[name] = gone
	}
	return gone
}

// noteGone may be called more than once for a name: both clients make the same calls.
func (s *streams) noteGone(name string) {
	gone := s.goneOf(name)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	select {
	case <-gone:
	default:
		close(gone)
	}
}

func letters(count int32) string {
	text := make([]byte, count)
	for i := range text {
		text[i] = byte('a' + i%26)
	}
	return string(text)
}

func failure(reason string) error {
	return kerrors.New(409, reason, "it failed").WithMetadata(map[string]string{"k": "v"})
}

// endless sends until that fails.
func (s *streams) endless(name string, out http.ServerStream) error {
	for number := int32(1); ; number++ {
		if err := out.Send(&api.Item{Name: name, Number: number}); err != nil {
			s.noteGone(name)
			return err
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func (s *streams) Watch(in *api.WatchRequest, out http.ServerStream) error {
	if in.Endless {
		return s.endless(in.Name, out)
	}
	for number := int32(1); number <= in.Count; number++ {
		time.Sleep(time.Duration(in.Pause) * time.Millisecond)
		item := &api.Item{Name: in.Name, Number: number, Text: letters(in.Letters)}
		for range in.Tags {
			item.Tags = append(item.Tags, item.Text)
		}
		if err := out.Send(item); err != nil {
			return err
		}
	}
	if in.Fail != "" {
		return failure(in.Fail)
	}
	return nil
}

func (s *streams) Pour(in *api.WatchRequest, out http.ServerStream) error {
	for range in.Count {
		if err := out.Send(&httpbody.HttpBody{ContentType: "text/x-test", Data: in.Data}); err != nil {
			return err
		}
	}
	if in.Fail != "" {
		return failure(in.Fail)
	}
	return nil
}

// each hands over every message until the client has ended its side.
func each[M any, P interface {
	*M
	proto.Message
}](in http.ServerStream, take func(P) error) error {
	for {
		message := P(new(M))
		err := in.Recv(message)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = take(message)
		}
		if err != nil {
			return err
		}
	}
}

func (s *streams) Collect(in http.ServerStream) error {
	reply := new(api.Collection)
	err := each(in, func(item *api.Item) error {
		if item.Text == "fail" {
			return failure("TOLD_TO")
		}
		reply.Items = append(reply.Items, item)
		return nil
	})
	if err != nil {
		return err
	}
	return in.SendAndClose(reply)
}

func (s *streams) Store(in http.ServerStream) error {
	reply := new(api.Collection)
	err := each(in, func(body *httpbody.HttpBody) error {
		reply.Data = append(reply.Data, body.Data...)
		return nil
	})
	if err != nil {
		return err
	}
	return in.SendAndClose(reply)
}

func (s *streams) StoreField(in http.ServerStream) error {
	reply := new(api.Collection)
	err := each(in, func(request *api.StoreRequest) error {
		reply.Name, reply.Revision = request.Name, request.Revision
		reply.Data = append(reply.Data, request.File.GetData()...)
		return nil
	})
	if err != nil {
		return err
	}
	return in.SendAndClose(reply)
}

func (s *streams) Echo(stream http.ServerStream) error {
	count := int32(0)
	err := each(stream, func(item *api.Item) error {
		if item.Name == "fail" {
			return kerrors.New(409, "TOLD_TO", item.Text).WithMetadata(map[string]string{"k": "v"})
		}
		if strings.HasPrefix(item.Name, "endless") {
			return s.endless(item.Name, stream)
		}
		count++
		return stream.Send(item)
	})
	if err != nil {
		return err
	}
	return stream.Send(&api.Item{Name: "bye", Number: count})
}

func (s *streams) Greet(stream http.ServerStream) error {
	if err := stream.Send(&api.Item{Name: "hello"}); err != nil {
		return err
	}
	return s.Echo(stream)
}

func (s *streams) EchoBytes(stream http.ServerStream) error {
	return each(stream, func(body *httpbody.HttpBody) error {
		return stream.Send(&httpbody.HttpBody{Data: bytes.Clone(body.Data)})
	})
}

func (s *streams) Gone(ctx context.Context, in *api.WatchRequest) (*emptypb.Empty, error) {
	select {
	case <-s.goneOf(in.Name):
		return new(emptypb.Empty), nil
	case <-ctx.Done():
		return nil, kerrors.GatewayTimeout("STILL_THERE", "")
	}
}
