package main

import (
	"context"

	"github.com/go-kratos/kratos/v3/errors"
	"github.com/go-kratos/kratos/v3/transport"
	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"

	"interop/api"
)

// service answers what it decoded; cpp/server.cc does the same.
type service struct{}

func echo(ctx context.Context, in proto.Message) (*api.EchoReply, error) {
	text, err := protojson.Marshal(in)
	if err != nil {
		return nil, err
	}
	reply := &api.EchoReply{Request: string(text)}
	if info, ok := transport.FromServerContext(ctx); ok {
		reply.Operation = info.Operation()
	}
	return reply, nil
}

func (service) GetSimple(ctx context.Context, in *api.SimpleRequest) (*api.EchoReply, error) {
	return echo(ctx, in)
}

func (service) GetShelfBook(ctx context.Context, in *api.SimpleRequest) (*api.EchoReply, error) {
	return echo(ctx, in)
}

func (service) GetTree(ctx context.Context, in *api.SimpleRequest) (*api.EchoReply, error) {
	return echo(ctx, in)
}

func (service) GetUser(ctx context.Context, in *api.UserRequest) (*api.EchoReply, error) {
	return echo(ctx, in)
}

func (service) GetNested(ctx context.Context, in *api.BookRequest) (*api.EchoReply, error) {
	return echo(ctx, in)
}

func (service) Query(ctx context.Context, in *api.AllTypes) (*api.EchoReply, error) {
	return echo(ctx, in)
}

func (service) Create(ctx context.Context, in *api.AllTypes) (*api.EchoReply, error) {
	return echo(ctx, in)
}

func (service) CreateBook(ctx context.Context, in *api.BookRequest) (*api.EchoReply, error) {
	return echo(ctx, in)
}

func (service) ReplaceBook(ctx context.Context, in *api.BookRequest) (*api.EchoReply, error) {
	return echo(ctx, in)
}

func (service) PutAll(ctx context.Context, in *api.BookRequest) (*api.EchoReply, error) {
	return echo(ctx, in)
}

func (service) PatchBook(ctx context.Context, in *api.BookRequest) (*api.EchoReply, error) {
	return echo(ctx, in)
}

func (service) DeleteBook(context.Context, *api.SimpleRequest) (*emptypb.Empty, error) {
	return new(emptypb.Empty), nil
}

func (service) Cancel(ctx context.Context, in *api.SimpleRequest) (*api.EchoReply, error) {
	return echo(ctx, in)
}

func (service) Many(ctx context.Context, in *api.SimpleRequest) (*api.EchoReply, error) {
	return echo(ctx, in)
}

func (service) Choose(ctx context.Context, in *api.ChoiceRequest) (*api.EchoReply, error) {
	return echo(ctx, in)
}

func (service) PostChoice(ctx context.Context, in *api.ChoiceRequest) (*api.EchoReply, error) {
	return echo(ctx, in)
}

func shelf(in *api.SimpleRequest) (*api.Shelf, error) {
	return &api.Shelf{
		Book:   &api.Book{Id: in.Name, Title: in.Note, PageCount: 12, Tags: []string{"a", "b"}},
		Titles: []string{in.Name, in.Note},
	}, nil
}

func (service) TakeBook(_ context.Context, in *api.SimpleRequest) (*api.Shelf, error) {
	return shelf(in)
}

func (service) TakeTitles(_ context.Context, in *api.SimpleRequest) (*api.Shelf, error) {
	return shelf(in)
}

func (service) Upload(ctx context.Context, in *httpbody.HttpBody) (*api.EchoReply, error) {
	return echo(ctx, in)
}

func (service) UploadField(ctx context.Context, in *api.UploadRequest) (*api.EchoReply, error) {
	return echo(ctx, in)
}

func (service) Download(_ context.Context, in *api.DownloadRequest) (*httpbody.HttpBody, error) {
	return &httpbody.HttpBody{ContentType: in.ContentType, Data: in.Data}, nil
}

func (service) DownloadField(_ context.Context, in *api.DownloadRequest) (*api.DownloadReply, error) {
	return &api.DownloadReply{Name: in.Name, Content: &httpbody.HttpBody{ContentType: in.ContentType, Data: in.Data}}, nil
}

func (service) Mirror(_ context.Context, in *httpbody.HttpBody) (*httpbody.HttpBody, error) {
	return in, nil
}

func (service) Fail(_ context.Context, in *api.FailRequest) (*emptypb.Empty, error) {
	return nil, errors.New(int(in.Code), in.Reason, in.Message).WithMetadata(in.Metadata)
}

func (service) Wait(ctx context.Context, _ *api.SimpleRequest) (*emptypb.Empty, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func (service) Plain(ctx context.Context, in *api.SimpleRequest) (*api.EchoReply, error) {
	return echo(ctx, in)
}
