#include "notes_service.h"

#include <string>

#include "kratos/errors/errors.h"

namespace notes {

kratos::Status NotesService::CreateNote(kratos::Context&, const CreateNoteRequest& request,
                                        Note* reply) {
  if (request.note().text().empty()) return kratos::BadRequest("NOTE_EMPTY", "a note needs a text");
  const std::lock_guard lock(mutex_);
  *reply = request.note();
  reply->set_name("notes/" + std::to_string(notes_.size() + 1));
  notes_.push_back(*reply);
  return {};
}

kratos::Status NotesService::GetNote(kratos::Context&, const GetNoteRequest& request, Note* reply) {
  const std::lock_guard lock(mutex_);
  for (const Note& note : notes_) {
    if (note.name() == request.name()) {
      *reply = note;
      return {};
    }
  }
  return kratos::NotFound("NOTE_MISSING", "no note has this name")
      .WithMetadata("name", request.name());
}

kratos::Status NotesService::ExportNotes(kratos::Context&, const google::protobuf::Empty&,
                                         google::api::HttpBody* reply) {
  const std::lock_guard lock(mutex_);
  reply->set_content_type("text/plain; charset=utf-8");
  for (const Note& note : notes_) reply->mutable_data()->append(note.text()).append("\n");
  return {};
}

}  // namespace notes
