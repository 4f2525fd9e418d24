// The body of a reply on its way in.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "http/client_connection.h"
#include "http/compression/content_decoder.h"
#include "kratos/http/message.h"

namespace kratos::http {

/// Appends a reply's body to it, without its content codings and within a limit. Start, Append and
/// Finish give false when the reply is not to be had; outcome() and why() say then how that reads.
class ReplyBody {
 public:
  /// `limit` counts what comes out of the codings; zero: no limit. `reply` must outlive this.
  ReplyBody(std::size_t limit, Response* reply) : limit_(limit), reply_(reply) {}

  /// The reply's status and fields are there, and a body follows.
  bool Start();
  bool Append(std::string_view bytes);
  /// The body has ended. What spoke of the coded bytes leaves the reply's fields.
  bool Finish();

  WireOutcome outcome() const { return outcome_; }
  const std::string& why() const { return why_; }

 private:
  bool Fail(WireOutcome outcome, std::string why);
  bool TooLarge();
  bool Undecodable(const Status& status);

  const std::size_t limit_;
  Response* const reply_;
  // Null where nothing is to be undone.
  std::unique_ptr<ContentDecoder> decoder_;
  bool any_ = false;
  WireOutcome outcome_ = WireOutcome::kReply;
  std::string why_;
};

}  // namespace kratos::http
