// The service itself: plain C++, without a word of HTTP.
#pragma once

#include <mutex>
#include <vector>

#include "notes.http.pb.h"

namespace notes {

/// Keeps notes in memory. Thread-safe, since the server calls it from several threads.
class NotesService final : public NotesServer {
 public:
  kratos::Status CreateNote(kratos::Context& ctx, const CreateNoteRequest& request,
                            Note* reply) override;
  kratos::Status GetNote(kratos::Context& ctx, const GetNoteRequest& request, Note* reply) override;
  kratos::Status ExportNotes(kratos::Context& ctx, const google::protobuf::Empty& request,
                             google::api::HttpBody* reply) override;

 private:
  std::mutex mutex_;
  std::vector<Note> notes_;
};

}  // namespace notes
