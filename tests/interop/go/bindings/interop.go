package bindings

import (
	"context"

	"github.com/go-kratos/kratos/v3/transport/http"
	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/protobuf/types/known/emptypb"

	"interop/api"
)

// InteropHTTPServer is the service.
type InteropHTTPServer interface {
	GetSimple(context.Context, *api.SimpleRequest) (*api.EchoReply, error)
	GetShelfBook(context.Context, *api.SimpleRequest) (*api.EchoReply, error)
	GetTree(context.Context, *api.SimpleRequest) (*api.EchoReply, error)
	GetUser(context.Context, *api.UserRequest) (*api.EchoReply, error)
	GetNested(context.Context, *api.BookRequest) (*api.EchoReply, error)
	Query(context.Context, *api.AllTypes) (*api.EchoReply, error)
	Create(context.Context, *api.AllTypes) (*api.EchoReply, error)
	CreateBook(context.Context, *api.BookRequest) (*api.EchoReply, error)
	ReplaceBook(context.Context, *api.BookRequest) (*api.EchoReply, error)
	PutAll(context.Context, *api.BookRequest) (*api.EchoReply, error)
	PatchBook(context.Context, *api.BookRequest) (*api.EchoReply, error)
	DeleteBook(context.Context, *api.SimpleRequest) (*emptypb.Empty, error)
	Cancel(context.Context, *api.SimpleRequest) (*api.EchoReply, error)
	Many(context.Context, *api.SimpleRequest) (*api.EchoReply, error)
	Choose(context.Context, *api.ChoiceRequest) (*api.EchoReply, error)
	PostChoice(context.Context, *api.ChoiceRequest) (*api.EchoReply, error)
	TakeBook(context.Context, *api.SimpleRequest) (*api.Shelf, error)
	TakeTitles(context.Context, *api.SimpleRequest) (*api.Shelf, error)
	Upload(context.Context, *httpbody.HttpBody) (*api.EchoReply, error)
	UploadField(context.Context, *api.UploadRequest) (*api.EchoReply, error)
	Download(context.Context, *api.DownloadRequest) (*httpbody.HttpBody, error)
	DownloadField(context.Context, *api.DownloadRequest) (*api.DownloadReply, error)
	Mirror(context.Context, *httpbody.HttpBody) (*httpbody.HttpBody, error)
	Fail(context.Context, *api.FailRequest) (*emptypb.Empty, error)
	Wait(context.Context, *api.SimpleRequest) (*emptypb.Empty, error)
	Plain(context.Context, *api.SimpleRequest) (*api.EchoReply, error)
}

func plain[Req, Rep any](name string, rules ...rule) method[Req, Rep] {
	return method[Req, Rep]{operation: "/interop.Interop/" + name, rules: rules}
}

func book(name string, r rule) method[api.BookRequest, api.EchoReply] {
	m := plain[api.BookRequest, api.EchoReply](name, r)
	m.bodyTarget = func(in *api.BookRequest) any { return &in.Book }
	m.bodyValue = func(in *api.BookRequest) any { return in.Book }
	return m
}

// The rules of interop.proto.
var (
	getSimple    = plain[api.SimpleRequest, api.EchoReply]("GetSimple", rule{"GET", "/v1/simple/{name}", ""})
	getShelfBook = plain[api.SimpleRequest, api.EchoReply]("GetShelfBook", rule{"GET", "/v1/{name=shelves/*/books/*}", ""})
	getTree      = plain[api.SimpleRequest, api.EchoReply]("GetTree", rule{"GET", "/v1/{name=trees/**}", ""})
	getUser      = plain[api.UserRequest, api.EchoReply]("GetUser", rule{"GET", "/v1/users/{user_id}", ""})
	getNested    = plain[api.BookRequest, api.EchoReply]("GetNested", rule{"GET", "/v1/nested/{book.id}", ""})
	query        = plain[api.AllTypes, api.EchoReply]("Query", rule{"GET", "/v1/query", ""})
	create       = plain[api.AllTypes, api.EchoReply]("Create", rule{"POST", "/v1/create", "*"})
	createBook   = book("CreateBook", rule{"POST", "/v1/{parent=shelves/*}/books", "book"})
	replaceBook  = book("ReplaceBook", rule{"PUT", "/v1/books/{book.id}", "book"})
	putAll       = plain[api.BookRequest, api.EchoReply]("PutAll", rule{"PUT", "/v1/all/{parent}", "*"})
	patchBook    = book("PatchBook", rule{"PATCH", "/v1/books/{book.id}", "book"})
	deleteBook   = plain[api.SimpleRequest, emptypb.Empty]("DeleteBook", rule{"DELETE", "/v1/simple/{name}", ""})
	cancel       = plain[api.SimpleRequest, api.EchoReply]("Cancel", rule{"POST", "/v1/operations/{name}:cancel", "*"})
	many         = plain[api.SimpleRequest, api.EchoReply]("Many", rule{"GET", "/v1/many/{name}", ""},
		rule{"GET", "/v1/several/{name}", ""}, rule{"POST", "/v1/many", "*"})
	choose = plain[api.ChoiceRequest, api.EchoReply]("Choose", rule{"GET", "/v1/choice", ""},
		rule{"POST", "/v1/choice", "*"})
	postChoice = plain[api.ChoiceRequest, api.EchoReply]("PostChoice", rule{"POST", "/v1/choices", "*"})
	takeBook   = method[api.SimpleRequest, api.Shelf]{
		operation:   "/interop.Interop/TakeBook",
		rules:       []rule{{"GET", "/v1/take/{name}", ""}},
		replyTarget: func(out *api.Shelf) any { return &out.Book },
		replyValue:  func(out *api.Shelf) any { return out.Book },
	}
	takeTitles = method[api.SimpleRequest, api.Shelf]{
		operation:   "/interop.Interop/TakeTitles",
		rules:       []rule{{"GET", "/v1/titles/{name}", ""}},
		replyTarget: func(out *api.Shelf) any { return &out.Titles },
		replyValue:  func(out *api.Shelf) any { return out.Titles },
	}
	upload      = plain[httpbody.HttpBody, api.EchoReply]("Upload", rule{"POST", "/v1/upload", "*"})
	uploadField = method[api.UploadRequest, api.EchoReply]{
		operation:  "/interop.Interop/UploadField",
		rules:      []rule{{"POST", "/v1/uploads/{name}", "content"}},
		bodyTarget: func(in *api.UploadRequest) any { return &in.Content },
		bodyValue:  func(in *api.UploadRequest) any { return in.Content },
	}
	download      = plain[api.DownloadRequest, httpbody.HttpBody]("Download", rule{"GET", "/v1/download/{name}", ""})
	downloadField = method[api.DownloadRequest, api.DownloadReply]{
		operation:   "/interop.Interop/DownloadField",
		rules:       []rule{{"GET", "/v1/downloads/{name}", ""}},
		replyTarget: func(out *api.DownloadReply) any { return &out.Content },
		replyValue:  func(out *api.DownloadReply) any { return out.Content },
	}
	mirror = plain[httpbody.HttpBody, httpbody.HttpBody]("Mirror", rule{"POST", "/v1/mirror", "*"})
	fail   = plain[api.FailRequest, emptypb.Empty]("Fail", rule{"POST", "/v1/fail", "*"})
	wait   = plain[api.SimpleRequest, emptypb.Empty]("Wait", rule{"GET", "/v1/wait/{name}", ""})
	// With omitempty=false the generator gives a method without rule a POST and no body.
	unannotated = plain[api.SimpleRequest, api.EchoReply]("Plain", rule{"POST", "/interop.Interop/Plain", ""})
)

// RegisterInteropHTTPServer binds every rule in the order of the proto.
func RegisterInteropHTTPServer(s *http.Server, srv InteropHTTPServer) {
	r := s.Route("/")
	serve(r, getSimple, srv.GetSimple)
	serve(r, getShelfBook, srv.GetShelfBook)
	serve(r, getTree, srv.GetTree)
	serve(r, getUser, srv.GetUser)
	serve(r, getNested, srv.GetNested)
	serve(r, query, srv.Query)
	serve(r, create, srv.Create)
	serve(r, createBook, srv.CreateBook)
	serve(r, replaceBook, srv.ReplaceBook)
	serve(r, putAll, srv.PutAll)
	serve(r, patchBook, srv.PatchBook)
	serve(r, deleteBook, srv.DeleteBook)
	serve(r, cancel, srv.Cancel)
	serve(r, many, srv.Many)
	serve(r, choose, srv.Choose)
	serve(r, postChoice, srv.PostChoice)
	serve(r, takeBook, srv.TakeBook)
	serve(r, takeTitles, srv.TakeTitles)
	serve(r, upload, srv.Upload)
	serve(r, uploadField, srv.UploadField)
	serve(r, download, srv.Download)
	serve(r, downloadField, srv.DownloadField)
	serve(r, mirror, srv.Mirror)
	serve(r, fail, srv.Fail)
	serve(r, wait, srv.Wait)
	serve(r, unannotated, srv.Plain)
}

// Callers are the client's methods by rpc name.
var Callers = map[string]Caller{
	"GetSimple":     caller(getSimple),
	"GetShelfBook":  caller(getShelfBook),
	"GetTree":       caller(getTree),
	"GetUser":       caller(getUser),
	"GetNested":     caller(getNested),
	"Query":         caller(query),
	"Create":        caller(create),
	"CreateBook":    caller(createBook),
	"ReplaceBook":   caller(replaceBook),
	"PutAll":        caller(putAll),
	"PatchBook":     caller(patchBook),
	"DeleteBook":    caller(deleteBook),
	"Cancel":        caller(cancel),
	"Many":          caller(many),
	"Choose":        caller(choose),
	"PostChoice":    caller(postChoice),
	"TakeBook":      caller(takeBook),
	"TakeTitles":    caller(takeTitles),
	"Upload":        caller(upload),
	"UploadField":   caller(uploadField),
	"Download":      caller(download),
	"DownloadField": caller(downloadField),
	"Mirror":        caller(mirror),
	"Fail":          caller(fail),
	"Wait":          caller(wait),
	"SayHello":      sayHello,
	"Plain":         caller(unannotated),
}
