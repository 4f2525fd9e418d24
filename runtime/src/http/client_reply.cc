#include "http/client_reply.h"

#include <fmt/format.h>
#include <google/protobuf/message.h>

#include <string>
#include <utility>

#include "http/client_error.h"
#include "kratos/errors/errors.h"
#include "metadata/ascii.h"

namespace kratos::http {

Status DecodeReply(const codec::Registry& registry, const BodyRule& rule, Response* reply,
                   google::protobuf::Message* message) {
  message->Clear();
  const auto unreadable = [&](std::string why) {
    return InternalServer(kReasonCodec, "the reply cannot be read: " + why)
        .WithPeerReply({reply->status, reply->headers, std::move(reply->body)});
  };
  if (const auto coding = reply->headers.Get("Content-Encoding");
      !reply->body.empty() && !coding.empty() && !EqualsIgnoreCase(coding, "identity")) {
    return unreadable(fmt::format("its Content-Encoding is {}", coding));
  }
  if (rule.raw) {
    const auto type = reply->headers.Get("Content-Type");
    // 204 and its like say nothing at all, not even an empty file.
    if (!reply->body.empty() || !type.empty())
      SetRawBody(rule, std::move(reply->body), type, message);
    return {};
  }
  const auto& codec = ReplyCodec(registry, reply->headers);
  const bool is_text = codec.name() != "proto";
  if (reply->body.empty() || (is_text && kratos::internal::IsBlank(reply->body))) return {};
  const auto status = codec.Decode(reply->body, rule.field, {}, message);
  if (!status.ok()) return unreadable(status.message());
  return {};
}

}  // namespace kratos::http
