#include <google/protobuf/util/message_differencer.h>

#include <string>

#include "fixture.h"

namespace memory_test {
namespace {

TEST_CASE("client in memory: unary calls of every binding") {
  Served served;
  const NotesHttpClient client = served.Client();
  kratos::Context ctx;
  Note note;
  GetNote get;
  get.set_name("notes/a b%/c");
  // One segment: the slash is escaped, and comes back.
  CHECK(client.Get(ctx, get, &note).code() == 400);
  get.set_name("notes/a b%");
  REQUIRE(client.Get(ctx, get, &note).ok());
  CHECK(note.name() == "notes/a b%");
  get.set_name("notes/none");
  const kratos::Status missing = client.Get(ctx, get, &note);
  CHECK(kratos::IsNotFound(missing));
  CHECK(missing.reason() == "NOTE_MISSING");

  CreateNote create;
  create.set_book("books/9");
  create.set_pinned(true);
  create.mutable_note()->set_text("t");
  (*create.mutable_note()->mutable_counts())["k"] = 9007199254740993;
  REQUIRE(client.Create(ctx, create, &note).ok());
  CHECK(note.name() == "books/9/pinned");
  CHECK(note.counts().at("k") == 9007199254740993);

  SearchNotes search;
  SearchNotes found;
  search.set_text("ä&=");
  search.add_numbers(-1);
  search.add_numbers(2147483647);
  search.mutable_author()->set_name("x y");
  search.set_order(SearchNotes::NEWEST);
  search.set_weight(1e-300);
  search.set_key(std::string("\0\xff", 2));
  search.mutable_since()->set_seconds(86400);
  search.set_most(18446744073709551615u);
  REQUIRE(client.Search(ctx, search, &found).ok());
  CHECK(google::protobuf::util::MessageDifferencer::Equals(search, found));

  Picture picture;
  Picture back;
  picture.set_name("notes/1");
  picture.mutable_file()->set_content_type("x/y");
  picture.mutable_file()->set_data(std::string("\0\xff", 2));
  REQUIRE(client.SetPicture(ctx, picture, &back).ok());
  CHECK(back.file().data() == picture.file().data());
  CHECK(back.file().content_type() == "x/y");

  kratos::http::ReplyInfo info;
  kratos::http::CallOptions second;
  second.binding = 1;
  second.reply_info = &info;
  note.Clear();
  note.set_number(5);
  note.mutable_author()->set_name("a/b");
  Note replaced;
  REQUIRE(client.Replace(ctx, note, &replaced, second).ok());
  CHECK(replaced.author().name() == "a/b");
  CHECK(info.status == 200);
  CHECK(info.headers.Get("Content-Type") == "application/protojson");
}

TEST_CASE("client in memory: codecs, middleware and header fields") {
  Served served;
  int calls = 0;
  kratos::http::ClientOptions options;
  options.codec = "proto";
  options.middleware.push_back([&calls](kratos::Handler next) -> kratos::Handler {
    return [&calls, next = std::move(next)](kratos::Context& ctx,
                                            const google::protobuf::Message& request,
                                            google::protobuf::Message* reply) {
      ++calls;
      CHECK(ctx.transport().operation == kOperationNotesGet);
      ctx.mutable_request_header().Set("X-Text", "from middleware");
      return next(ctx, request, reply);
    };
  });
  const NotesHttpClient client = served.Client(options);
  kratos::Context ctx;
  GetNote get;
  get.set_name("notes/1");
  Note note;
  kratos::http::ReplyInfo info;
  kratos::http::CallOptions call;
  call.reply_info = &info;
  REQUIRE(client.Get(ctx, get, &note, call).ok());
  CHECK(note.text() == "from middleware");
  CHECK(info.headers.Get("Content-Type") == "application/proto");
  CHECK(calls == 1);
  CHECK(served.memory->MakeClient({.codec = "none"}).status().code() == 400);

  auto plain = served.memory->MakeClient();
  CHECK((*plain)->Do(ctx, MakeRequest("get", "/v1/notes/3"))->status == 200);
}

TEST_CASE("client in memory: deadlines reach the service and nobody sleeps") {
  Served served;
  const NotesHttpClient client = served.Client();
  GetNote get;
  get.set_name("notes/1");
  Note note;
  kratos::Context late;
  late.LimitDeadline(kratos::Context::Clock::now());
  CHECK(kratos::IsGatewayTimeout(client.Wait(late, get, &note)));
  CHECK(served.service->waiting == 0);
  kratos::Context soon;
  soon.LimitDeadline(std::chrono::milliseconds(1));
  CHECK(kratos::IsGatewayTimeout(client.Wait(soon, get, &note)));

  kratos::Context cancelled;
  cancelled.Cancel();
  CHECK(client.Watch(cancelled, {}).status().code() == 499);
}

TEST_CASE("client in memory: a server stream") {
  Served served;
  const NotesHttpClient client = served.Client();
  kratos::Context ctx;
  WatchNotes watch;
  watch.set_name("notes/1");
  watch.set_count(3);
  watch.set_fail_after(-1);
  for (std::size_t binding : {0, 1}) {
    kratos::http::CallOptions options;
    options.binding = binding;
    auto stream = client.Watch(ctx, watch, options);
    REQUIRE(stream.ok());
    Note note;
    for (int i = 0; i < 3; ++i) {
      REQUIRE(*stream->Recv(&note));
      CHECK(note.number() == i);
      CHECK(note.text() == "a\nb");
      CHECK(note.name() == "notes/1");
    }
    CHECK_FALSE(*stream->Recv(&note));
    CHECK(stream->reply_header().Get("Content-Type") == "text/event-stream");
  }

  watch.set_fail_after(1);
  Note note;
  kratos::Status status;
  for (const char* accept : {"", "application/x-ndjson", "application/json"}) {
    CAPTURE(accept);
    kratos::http::CallOptions options;
    options.accept = accept;
    auto broken = client.Watch(ctx, watch, options);
    CHECK(*broken->Recv(&note));
    status = broken->Recv(&note).status();
    CHECK(status.code() == 409);
    CHECK(status.reason() == "NOTES_BROKEN");
  }
  watch.set_fail_after(0);
  status = client.Watch(ctx, watch)->Recv(&note).status();
  CHECK(status.code() == 409);
  CHECK(status.reason() == "NOTES_BROKEN");

  watch.set_fail_after(-2);
  auto endless = client.Watch(ctx, watch);
  CHECK(*endless->Recv(&note));
  endless->Cancel();
  CHECK(endless->Recv(&note).status().code() == 499);
  Until([&] { return served.service->ended == 1; });

  kratos::Context deadline;
  deadline.LimitDeadline(std::chrono::milliseconds(1));
  auto late = client.Watch(deadline, watch);
  kratos::Result<bool> more = true;
  while (late.ok() && more.ok() && *more) more = late->Recv(&note);
  CHECK((late.ok() ? more.status() : late.status()).code() == 504);
}

TEST_CASE("client in memory: downloads and uploads of raw bytes") {
  Served served;
  const NotesHttpClient client = served.Client();
  kratos::Context ctx;
  WatchNotes watch;
  watch.set_name("notes/1");
  watch.set_count(2);
  watch.set_fail_after(-1);
  auto download = client.Download(ctx, watch);
  google::api::HttpBody piece;
  std::string all;
  while (*download->Recv(&piece)) all += piece.data();
  CHECK(all == "notes/1 0\nnotes/1 1\n");
  CHECK(piece.content_type() == "text/plain");

  auto upload = client.Upload(ctx);
  Picture part;
  part.set_name("notes/2");
  part.mutable_file()->set_content_type("a/b");
  part.mutable_file()->set_data("1234");
  CHECK(upload->Send(part).ok());
  CHECK(upload->Send(part).ok());
  Summary summary;
  REQUIRE(upload->CloseAndRecv(&summary).ok());
  CHECK(summary.bytes() == 8);
  CHECK(summary.name() == "notes/2 a/b");

  auto refused = client.Upload(ctx);
  part.mutable_file()->set_data("stop");
  while (refused->Send(part).ok()) std::this_thread::yield();
  CHECK(refused->CloseAndRecv(&summary).reason() == "ENOUGH");
}

TEST_CASE("client in memory: a client stream") {
  Served served;
  const NotesHttpClient client = served.Client();
  kratos::Context ctx;
  auto stream = client.Import(ctx);
  Note note;
  note.set_name("notes/1");
  for (const char* text : {"a", "bc", ""}) {
    note.set_text(text);
    CHECK(stream->Send(note).ok());
  }
  Summary summary;
  REQUIRE(stream->CloseAndRecv(&summary).ok());
  CHECK(summary.messages() == 3);
  CHECK(summary.bytes() == 3);
  CHECK(summary.name() == "notes/1");

  auto broken = client.Import(ctx);
  note.set_number(-1);
  while (broken->Send(note).ok()) std::this_thread::yield();
  CHECK(broken->CloseAndRecv(&summary).reason() == "NOTE_BAD");

  // Without a message there is no name for the URL.
  CHECK(client.Import(ctx)->CloseAndRecv(&summary).code() == 400);
}

TEST_CASE("client in memory: both stream, whole messages or a field") {
  Served served;
  for (const char* codec : {"protojson", "proto"}) {
    const NotesHttpClient client = served.Client({.codec = codec});
    for (std::size_t binding : {0, 1}) {
      kratos::Context ctx;
      kratos::http::CallOptions options;
      options.binding = binding;
      auto stream = client.Chat(ctx, options);
      Note note;
      note.set_name("notes/1");
      note.set_number(binding == 0 ? 3 : 0);
      note.mutable_author()->set_name("x");
      REQUIRE(stream->Send(note).ok());
      Note back;
      REQUIRE(*stream->Recv(&back));
      CHECK(back.number() == note.number() + 1);
      CHECK(back.author().name() == "x");
      CHECK(back.name() == "notes/1");
      // A field that is not set in a later message is not set.
      note.Clear();
      REQUIRE(stream->Send(note).ok());
      REQUIRE(*stream->Recv(&back));
      CHECK(back.author().name().empty());
      REQUIRE(stream->CloseSend().ok());
      CHECK_FALSE(*stream->Recv(&back));
    }
  }
  const NotesHttpClient client = served.Client();
  kratos::Context ctx;
  Note note;
  note.set_text("fail");
  auto failed = client.Chat(ctx);
  CHECK(failed->Send(note).ok());
  const kratos::Status status = failed->Recv(&note).status();
  CHECK(status.code() == 409);
  CHECK(status.reason() == "CHAT_OVER");

  auto waiting = client.Chat(ctx);
  note.set_text("x");
  CHECK(waiting->Send(note).ok());
  CHECK(*waiting->Recv(&note));
  kratos::Context soon;
  soon.LimitDeadline(std::chrono::milliseconds(1));
  auto late = client.Chat(soon);
  kratos::Result<bool> more = true;
  if (late.ok()) {
    (void)late->Send(note).ok();
    while (more.ok() && *more) more = late->Recv(&note);
  }
  CHECK((late.ok() ? more.status() : late.status()).code() == 504);
  waiting->Cancel();
  CHECK(waiting->Recv(&note).status().code() == 499);
}

}  // namespace
}  // namespace memory_test
