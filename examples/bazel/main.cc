// Serves notes.Notes over HTTP/JSON until it is killed.
//
//   bazel run //:notes [-- ADDRESS]      default :8000
#include <cstdio>
#include <memory>

#include "kratos/http/server.h"
#include "notes_service.h"

int main(int argc, char** argv) {
  kratos::http::Server server({.address = argc > 1 ? argv[1] : ":8000"});
  notes::RegisterNotesHttpServer(server, std::make_shared<notes::NotesService>());
  if (const kratos::Status status = server.Listen(); !status.ok()) {
    std::fprintf(stderr, "notes: %s\n", status.message().c_str());
    return 1;
  }
  std::printf("notes listens on port %d\n", server.port());
  std::fflush(stdout);
  return server.Start().ok() ? 0 : 1;
}
