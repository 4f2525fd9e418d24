package main

import (
	"context"

	"github.com/go-kratos/kratos/v3/transport/http"

	"compare/api"
)

// registerFeeds binds the streams as v3's generator would; the generator that the module proxy has is v2's and knows none.
func registerFeeds(server *http.Server) {
	route := server.Route("/")
	route.GET("/v1/feed", func(ctx http.Context) error {
		in := new(api.FeedRequest)
		if err := ctx.BindQuery(in); err != nil {
			return err
		}
		http.SetOperation(ctx, "/kratos.bench.Feeds/Watch")
		stream := http.NewServerSentEventServerStream(ctx)
		next := ctx.Middleware(func(ctx context.Context, req any) (any, error) {
			stream.SetContext(ctx)
			return nil, watch(req.(*api.FeedRequest), stream)
		})
		_, err := next(ctx, in)
		return stream.Close(err)
	})
	route.GET("/v1/chat", func(ctx http.Context) error {
		http.SetOperation(ctx, "/kratos.bench.Feeds/Chat")
		stream, err := http.NewWebSocketServerStream(ctx)
		if err != nil {
			return err
		}
		next := ctx.Middleware(func(ctx context.Context, _ any) (any, error) {
			stream.SetContext(ctx)
			return nil, chat(stream)
		})
		_, err = next(ctx, nil)
		return stream.Close(err)
	})
}
