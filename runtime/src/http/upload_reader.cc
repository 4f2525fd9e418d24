#include "http/upload_reader.h"

#include "google/api/httpbody.pb.h"
#include "kratos/errors/errors.h"

namespace kratos::http {

using google::api::HttpBody;
using google::protobuf::Message;

Result<bool> UploadReader::Recv(Message* message) {
  message->CopyFrom(base_);
  Message* target = message;
  if (body_field_ != 0) {
    const auto* field = message->GetDescriptor()->FindFieldByNumber(body_field_);
    target = message->GetReflection()->MutableMessage(message, field);
  }
  auto* body = dynamic_cast<HttpBody*>(target);
  if (body == nullptr)
    return InternalServer("BAD_FIELD", "what the body is read into is no google.api.HttpBody");
  // A client may end its side of the connection behind the body: what has come is still read.
  if (Status status = ctx_.Err(); status.code() == 504) return status;
  auto more = ctx_.ReadBody(body->mutable_data());
  if (!more.ok()) return more.status();
  if (!*more && !std::exchange(first_, false)) return false;
  first_ = false;
  body->set_content_type(std::string(ctx_.Header("Content-Type")));
  return true;
}

}  // namespace kratos::http
