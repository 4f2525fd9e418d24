// Serves stranger.Notes over gRPC on a free port and calls it through the generated client. Prints
// "ok" and exits 0 when every reply is the right one.
#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>

#include "kratos/context/context.h"
#include "kratos/errors/errors.h"
#include "kratos/grpc/client.h"
#include "kratos/grpc/server.h"
#include "stranger/notes.kratos_grpc.pb.h"

namespace {

class Notes final : public stranger::NotesServer {
 public:
  kratos::Status Get(kratos::Context&, const stranger::Note& request,
                     stranger::Note* reply) override {
    if (request.name() != "notes/1") return kratos::NotFound("NOTE_MISSING", "no such note");
    *reply = request;
    return {};
  }
  kratos::Status Follow(kratos::Context&, const stranger::Note& request,
                        kratos::ServerStream<stranger::Note>& out) override {
    return out.Send(request);
  }
};

bool CallAll(const std::string& address) {
  auto made = kratos::grpc::Client::Create({.endpoint = address});
  if (!made.ok()) return false;
  const stranger::NotesGrpcClient client(*made);
  kratos::Context ctx;
  stranger::Note note;
  stranger::Note reply;
  note.set_name("notes/1");
  if (!client.Get(ctx, note, &reply).ok() || reply.name() != "notes/1") return false;
  auto stream = client.Follow(ctx, note);
  if (!stream.ok()) return false;
  const auto first = stream->Recv(&reply);
  const auto end = stream->Recv(&reply);
  if (!first.ok() || !*first || !end.ok() || *end) return false;
  note.set_name("notes/2");
  return client.Get(ctx, note, &reply).reason() == "NOTE_MISSING";
}

}  // namespace

int main() {
  kratos::grpc::Server server({.address = "127.0.0.1:0"});
  stranger::RegisterNotesGrpcServer(server, std::make_shared<Notes>());
  if (!server.Listen().ok()) return 1;
  std::thread serving([&server] { (void)server.Start(); });
  const bool good = CallAll(server.address());
  const kratos::Status stopped = server.Stop(std::chrono::seconds(10));
  serving.join();
  std::puts(good && stopped.ok() ? "ok" : "wrong");
  return good && stopped.ok() ? 0 : 1;
}
