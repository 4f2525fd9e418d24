// The service behind notes.proto: small, deterministic, one method of each kind.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>

#include "kratos/context/context.h"
#include "kratos/errors/errors.h"
#include "kratos/fiber/fiber.h"
#include "notes.http.pb.h"

namespace memory_test {

class NotesService final : public NotesServer {
 public:
  kratos::Status Get(kratos::Context& ctx, const GetNote& request, Note* reply) override {
    if (request.name() == "notes/none") return kratos::NotFound("NOTE_MISSING", "no such note");
    if (request.name() == "notes/bug") throw 1;
    reply->set_name(request.name());
    reply->set_text(std::string(ctx.request_header().Get("X-Text")));
    return {};
  }
  kratos::Status Create(kratos::Context&, const CreateNote& request, Note* reply) override {
    *reply = request.note();
    reply->set_name(request.book() + (request.pinned() ? "/pinned" : "/notes"));
    return {};
  }
  kratos::Status Replace(kratos::Context&, const Note& request, Note* reply) override {
    *reply = request;
    return {};
  }
  kratos::Status Search(kratos::Context&, const SearchNotes& request, SearchNotes* reply) override {
    *reply = request;
    return {};
  }
  kratos::Status Wait(kratos::Context& ctx, const GetNote&, Note*) override {
    ++waiting;
    std::mutex mutex;
    std::unique_lock lock(mutex);
    kratos::fiber::ConditionVariable never;
    kratos::Status status = never.Wait(lock, ctx, [] { return false; });
    ++ended;
    return status;
  }
  kratos::Status GetPicture(kratos::Context&, const GetNote& request,
                            google::api::HttpBody* reply) override {
    reply->set_content_type("image/png");
    reply->set_data(std::string("\x89PNG\0", 5) + request.name());
    return {};
  }
  kratos::Status SetPicture(kratos::Context&, const Picture& request, Picture* reply) override {
    *reply = request;
    return {};
  }
  kratos::Status Watch(kratos::Context& ctx, const WatchNotes& request,
                       kratos::ServerStream<Note>& out) override {
    Note note;
    note.set_name(request.name());
    note.set_text("a\nb");
    for (int i = 0; i < request.count() || request.count() < 0; ++i) {
      if (i == request.fail_after()) return kratos::Conflict("NOTES_BROKEN", "that was it");
      note.set_number(i);
      if (kratos::Status status = out.Send(note); !status.ok()) {
        ++ended;
        return status;
      }
      ++sent;
    }
    if (request.fail_after() == request.count())
      return kratos::Conflict("NOTES_BROKEN", "that was it");
    if (request.fail_after() <= -2) return Wait(ctx, {}, nullptr);
    return {};
  }
  kratos::Status Download(kratos::Context&, const WatchNotes& request,
                          kratos::ServerStream<google::api::HttpBody>& out) override {
    google::api::HttpBody piece;
    piece.set_content_type("text/plain");
    for (int i = 0; i < request.count(); ++i) {
      if (i == request.fail_after()) return kratos::Conflict("NOTES_BROKEN", "that was it");
      piece.set_data(request.name() + ' ' + std::to_string(i) + '\n');
      if (kratos::Status status = out.Send(piece); !status.ok()) return status;
    }
    return {};
  }
  kratos::Status Import(kratos::Context&, kratos::ServerReader<Note>& in, Summary* reply) override {
    Note note;
    kratos::Result<bool> more = in.Recv(&note);
    for (; more.ok() && *more; more = in.Recv(&note)) {
      if (note.number() < 0) return kratos::BadRequest("NOTE_BAD", "below zero");
      reply->set_messages(reply->messages() + 1);
      reply->set_bytes(reply->bytes() + static_cast<std::int64_t>(note.text().size()));
      reply->set_name(note.name());
    }
    ++ended;
    return more.status();
  }
  kratos::Status Upload(kratos::Context&, kratos::ServerReader<Picture>& in,
                        Summary* reply) override {
    Picture piece;
    kratos::Result<bool> more = in.Recv(&piece);
    for (; more.ok() && *more; more = in.Recv(&piece)) {
      if (piece.file().data() == "stop") return kratos::Conflict("ENOUGH", "no more of this");
      reply->set_messages(reply->messages() + 1);
      reply->set_bytes(reply->bytes() + static_cast<std::int64_t>(piece.file().data().size()));
      reply->set_name(piece.name() + ' ' + piece.file().content_type());
      ++received;
    }
    ++ended;
    return more.status();
  }
  kratos::Status Chat(kratos::Context&, kratos::ServerReader<Note>& in,
                      kratos::ServerStream<Note>& out) override {
    Note note;
    kratos::Result<bool> more = in.Recv(&note);
    for (; more.ok() && *more; more = in.Recv(&note)) {
      if (note.text() == "bye") break;
      if (note.text() == "fail") return kratos::Conflict("CHAT_OVER", "you asked for it");
      note.set_number(note.number() + 1);
      if (kratos::Status status = out.Send(note); !status.ok()) return status;
    }
    ++ended;
    return more.ok() ? kratos::Status() : more.status();
  }

  std::atomic<int> waiting = 0;   ///< calls that have come to wait
  std::atomic<int> ended = 0;     ///< streams whose method has come to its end
  std::atomic<int> sent = 0;      ///< messages of Watch that were taken
  std::atomic<int> received = 0;  ///< pieces of Upload
};

}  // namespace memory_test
