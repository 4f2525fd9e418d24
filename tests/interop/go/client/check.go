package main

import (
	"fmt"
	"maps"

	"github.com/go-kratos/kratos/v3/errors"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/emptypb"

	"interop/api"
)

func checkOutcome(method string, request, reply proto.Message, err error, expected *api.Expectation) string {
	if want := expected.GetError(); want != nil {
		return checkError(err, want)
	}
	if err != nil {
		return "failed: " + short(err.Error())
	}
	if want := expected.GetReply(); want != nil {
		return compare("reply", reply, want)
	}
	switch reply := reply.(type) {
	case *api.EchoReply:
		if operation := "/interop.Interop/" + method; reply.Operation != operation {
			return fmt.Sprintf("operation %q, want %q", reply.Operation, operation)
		}
		if want := expected.GetSeen(); want != nil {
			return checkSeen(reply, want)
		}
		want, err := anypb.New(request)
		if err != nil {
			return err.Error()
		}
		return checkSeen(reply, want)
	case *emptypb.Empty:
		return ""
	default:
		return difference("reply", reply, request)
	}
}

// checkSeen compares the request that the server says it decoded.
func checkSeen(reply *api.EchoReply, packed *anypb.Any) string {
	want, err := packed.UnmarshalNew()
	if err != nil {
		return err.Error()
	}
	got := want.ProtoReflect().New().Interface()
	if err := protojson.Unmarshal([]byte(reply.Request), got); err != nil {
		return "the echo is not the request's JSON: " + short(err.Error())
	}
	return difference("request seen", got, want)
}

func compare(what string, got proto.Message, packed *anypb.Any) string {
	want, err := packed.UnmarshalNew()
	if err != nil {
		return err.Error()
	}
	return difference(what, got, want)
}

func difference(what string, got, want proto.Message) string {
	if proto.Equal(got, want) {
		return ""
	}
	text := prototext.MarshalOptions{}
	return fmt.Sprintf("%s is {%s}, want {%s}", what, short(text.Format(got)), short(text.Format(want)))
}

func checkError(err error, want *api.ExpectedError) string {
	if err == nil {
		return fmt.Sprintf("succeeded, want error %d %s", want.Code, want.Reason)
	}
	got := errors.FromError(err)
	if got.Code != want.Code || got.Reason != want.Reason || (want.Message != nil && got.Message != *want.Message) ||
		!maps.Equal(got.Metadata, want.Metadata) {
		return fmt.Sprintf("error is {code:%d reason:%q message:%q metadata:%v}, want {%s}", got.Code, got.Reason,
			short(got.Message), got.Metadata, prototext.MarshalOptions{}.Format(want))
	}
	return ""
}

func short(text string) string {
	if len(text) > 600 {
		return text[:600] + "..."
	}
	return text
}
