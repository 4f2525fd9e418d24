// The code of docs/guide/streaming.md, compiled and run as a test: a server and its clients in one
// process.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "chat.http.pb.h"
#include "kratos/context/context.h"
#include "kratos/errors/errors.h"
#include "kratos/http/client.h"
#include "kratos/http/server.h"

class MyChat final : public chat::ChatServer {
 public:
  // [server-streaming]
  kratos::Status Watch(kratos::Context&, const chat::WatchRequest& request,
                       kratos::ServerStream<chat::Line>& out) override {
    const std::vector<chat::Line> lines = LinesOf(request.room());
    if (lines.empty()) return kratos::NotFound("ROOM_EMPTY", "nobody has said anything yet");
    for (const chat::Line& line : lines) {
      if (kratos::Status status = out.Send(line); !status.ok()) return status;
    }
    return {};
  }
  // [server-streaming]

  // [client-streaming]
  kratos::Status Import(kratos::Context&, kratos::ServerReader<chat::Line>& in,
                        chat::ImportSummary* reply) override {
    chat::Line line;
    kratos::Result<bool> more = in.Recv(&line);
    for (; more.ok() && *more; more = in.Recv(&line)) {
      Add(line);
      reply->set_lines(reply->lines() + 1);
    }
    return more.status();  // OK at the end of the stream, else why it broke.
  }
  // [client-streaming]

  // [bidi]
  kratos::Status Talk(kratos::Context&, kratos::ServerReader<chat::Line>& in,
                      kratos::ServerStream<chat::Line>& out) override {
    chat::Line line;
    kratos::Result<bool> more = in.Recv(&line);
    for (; more.ok() && *more; more = in.Recv(&line)) {
      if (line.text().empty()) return kratos::BadRequest("LINE_EMPTY", "say something");
      Add(line);
      line.set_author("echo");
      if (kratos::Status status = out.Send(line); !status.ok()) return status;
    }
    return more.status();
  }
  // [bidi]

 private:
  std::vector<chat::Line> LinesOf(const std::string& room) {
    const std::lock_guard lock(mutex_);
    return rooms_[room];
  }
  void Add(const chat::Line& line) {
    const std::lock_guard lock(mutex_);
    rooms_[line.room()].push_back(line);
  }

  std::mutex mutex_;
  std::map<std::string, std::vector<chat::Line>> rooms_;
};

class MyFiles final : public chat::FilesServer {
 public:
  // [download]
  kratos::Status Download(kratos::Context&, const chat::FileRequest& request,
                          kratos::ServerStream<google::api::HttpBody>& out) override {
    const std::string bytes = Read(request.name());
    google::api::HttpBody piece;
    piece.set_content_type("text/plain");  // The first piece's type is the Content-Type.
    constexpr std::size_t kPiece = 64 * 1024;
    for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
      piece.set_data(bytes.substr(at, kPiece));
      if (kratos::Status status = out.Send(piece); !status.ok()) return status;
    }
    return {};
  }
  // [download]

  // [upload]
  kratos::Status Upload(kratos::Context&, kratos::ServerReader<chat::UploadRequest>& in,
                        chat::UploadSummary* reply) override {
    chat::UploadRequest request;
    kratos::Result<bool> more = in.Recv(&request);
    for (; more.ok() && *more; more = in.Recv(&request)) {
      const std::string& piece = request.chunk().data();
      Append(request.name(), piece);  // The name is there every time.
      reply->set_bytes(reply->bytes() + static_cast<std::int64_t>(piece.size()));
    }
    return more.status();
  }
  // [upload]

 private:
  std::string Read(const std::string& name) {
    const std::lock_guard lock(mutex_);
    return files_[name];
  }
  void Append(const std::string& name, const std::string& bytes) {
    const std::lock_guard lock(mutex_);
    files_[name] += bytes;
  }

  std::mutex mutex_;
  std::map<std::string, std::string> files_;
};

namespace {

chat::Line MakeLine(const char* text) {
  chat::Line line;
  line.set_room("rooms/1");
  line.set_author("ann");
  line.set_text(text);
  return line;
}

// [client-server-streaming]
kratos::Status PrintRoom(const chat::ChatHttpClient& client) {
  kratos::Context ctx;  // Outlives the stream; cancelling it ends the call.
  chat::WatchRequest request;
  request.set_room("rooms/1");
  auto stream = client.Watch(ctx, request);
  if (!stream.ok()) return stream.status();

  chat::Line line;
  kratos::Result<bool> more = stream->Recv(&line);
  for (; more.ok() && *more; more = stream->Recv(&line))
    std::printf("%s: %s\n", line.author().c_str(), line.text().c_str());
  return more.status();
}
// [client-server-streaming]

// [client-client-streaming]
kratos::Result<int> ImportLines(const chat::ChatHttpClient& client,
                                const std::vector<chat::Line>& lines) {
  kratos::Context ctx;
  auto stream = client.Import(ctx);
  if (!stream.ok()) return stream.status();
  for (const chat::Line& line : lines) {
    if (!stream->Send(line).ok()) break;  // CloseAndRecv says why.
  }
  chat::ImportSummary summary;
  if (kratos::Status status = stream->CloseAndRecv(&summary); !status.ok()) return status;
  return summary.lines();
}
// [client-client-streaming]

// [client-bidi]
kratos::Status Echo(const chat::ChatHttpClient& client, const chat::Line& line, chat::Line* echo) {
  kratos::Context ctx;
  auto stream = client.Talk(ctx);
  if (!stream.ok()) return stream.status();
  if (kratos::Status status = stream->Send(line); !status.ok()) return status;
  kratos::Result<bool> more = stream->Recv(echo);
  if (!more.ok()) return more.status();
  if (!*more) return kratos::NotFound("NO_ECHO", "the server said nothing");

  if (kratos::Status status = stream->CloseSend(); !status.ok()) return status;
  return stream->Recv(echo).status();  // False: the server has ended its side, too.
}
// [client-bidi]

// [client-files]
kratos::Result<std::string> UploadAndDownload(const chat::FilesHttpClient& client,
                                              const std::vector<std::string>& pieces) {
  kratos::Context ctx;
  auto upload = client.Upload(ctx);
  if (!upload.ok()) return upload.status();
  chat::UploadRequest request;
  request.set_name("files/1");
  for (const std::string& piece : pieces) {
    request.mutable_chunk()->set_data(piece);
    if (!upload->Send(request).ok()) break;
  }
  chat::UploadSummary summary;
  if (kratos::Status status = upload->CloseAndRecv(&summary); !status.ok()) return status;

  chat::FileRequest file;
  file.set_name("files/1");
  auto download = client.Download(ctx, file);
  if (!download.ok()) return download.status();
  std::string bytes;
  google::api::HttpBody piece;
  kratos::Result<bool> more = download->Recv(&piece);
  for (; more.ok() && *more; more = download->Recv(&piece)) bytes += piece.data();
  if (!more.ok()) return more.status();
  return bytes;
}
// [client-files]

}  // namespace

int main() {
  kratos::http::Server server({.address = "127.0.0.1:0"});
  chat::RegisterChatHttpServer(server, std::make_shared<MyChat>());
  chat::RegisterFilesHttpServer(server, std::make_shared<MyFiles>());
  if (!server.Listen().ok()) return 1;
  std::thread thread([&] { (void)server.Start(); });
  int failures = 0;
  const auto expect = [&](bool condition, const char* what) {
    if (!condition) {
      std::printf("failed: %s\n", what);
      ++failures;
    }
  };

  auto made = kratos::http::Client::Create(
      {.endpoint = "http://127.0.0.1:" + std::to_string(server.port())});
  const chat::ChatHttpClient client(made.value());
  const kratos::Status empty = PrintRoom(client);
  const bool streams = !empty.ok() && empty.code() != 501;
  if (streams) {
    expect(empty.reason() == "ROOM_EMPTY", "an error before the first message is the call's error");
    const auto imported = ImportLines(client, {MakeLine("hello"), MakeLine("anybody?")});
    expect(imported.ok() && *imported == 2, "the client streams");
    expect(PrintRoom(client).ok(), "the server streams");
    chat::Line echo;
    expect(Echo(client, MakeLine("me"), &echo).ok() && echo.author() == "echo", "both stream");
    expect(Echo(client, MakeLine(""), &echo).reason() == "LINE_EMPTY", "an error ends the stream");
    const std::string large(200'000, 'x');
    const auto bytes = UploadAndDownload(chat::FilesHttpClient(made.value()), {"first ", large});
    expect(bytes.ok() && *bytes == "first " + large, "raw bytes go up and come down");
  }

  (void)server.Stop(std::chrono::seconds(5));
  thread.join();
  if (!streams) return 77;  // The engine cannot stream: the test is skipped.
  return failures == 0 ? 0 : 1;
}
