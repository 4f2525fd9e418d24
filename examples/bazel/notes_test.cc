// Serves the service on a free port and calls it through the generated client.
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "kratos/context/context.h"
#include "kratos/http/client.h"
#include "kratos/http/server.h"
#include "notes_service.h"

namespace {

int failures = 0;

void Check(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "wrong: %s\n", what);
  ++failures;
}

void CallAll(const notes::NotesHttpClient& client) {
  kratos::Context ctx;
  notes::CreateNoteRequest create;
  notes::Note created;
  Check(client.CreateNote(ctx, create, &created).reason() == "NOTE_EMPTY",
        "an empty note is refused");
  create.mutable_note()->set_text("buy bread");
  Check(client.CreateNote(ctx, create, &created).ok(), "CreateNote");
  Check(created.name() == "notes/1", "the new name");

  notes::GetNoteRequest get;
  notes::Note note;
  get.set_name("notes/1");
  Check(client.GetNote(ctx, get, &note).ok() && note.text() == "buy bread", "GetNote");
  get.set_name("notes/2");
  Check(client.GetNote(ctx, get, &note).code() == 404, "a missing note");

  google::api::HttpBody file;
  Check(client.ExportNotes(ctx, {}, &file).ok(), "ExportNotes");
  Check(file.content_type() == "text/plain; charset=utf-8" && file.data() == "buy bread\n",
        "the exported text");
}

}  // namespace

int main() {
  kratos::http::Server server({.address = "127.0.0.1:0"});
  notes::RegisterNotesHttpServer(server, std::make_shared<notes::NotesService>());
  if (!server.Listen().ok()) return 1;
  std::thread serving([&] { Check(server.Start().ok(), "Start"); });
  auto client =
      kratos::http::Client::Create({.endpoint = "127.0.0.1:" + std::to_string(server.port())});
  Check(client.ok(), "Client::Create");
  if (client.ok()) CallAll(notes::NotesHttpClient(*client));
  Check(server.Stop(std::chrono::seconds(5)).ok(), "Stop");
  serving.join();
  return failures == 0 ? 0 : 1;
}
