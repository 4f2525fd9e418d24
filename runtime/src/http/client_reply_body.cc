#include "http/client_reply_body.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "kratos/errors/errors.h"

namespace kratos::http {

namespace {

// A reply that announces its length gets its memory at once, up to this much; the rest must arrive
// first.
constexpr std::size_t kMaxReserve = 1u << 20;

}  // namespace

bool ReplyBody::Fail(WireOutcome outcome, std::string why) {
  outcome_ = outcome;
  why_ = std::move(why);
  return false;
}

bool ReplyBody::TooLarge() {
  return Fail(WireOutcome::kTooLarge, fmt::format("the reply is larger than {} bytes", limit_));
}

bool ReplyBody::Undecodable(const Status& status) {
  if (status.reason() == kReasonTooLarge) return TooLarge();
  return Fail(WireOutcome::kTruncated,
              "the reply was cut short or damaged on its way: " + status.message());
}

bool ReplyBody::Start() {
  // A part of a coded body is nothing a decoder could begin or end with (RFC 9110, 14.2).
  if (reply_->status != 206) {
    auto decoder = ContentDecoder::Create(reply_->headers, limit_);
    // A coding that is unknown here stays, in the body and in the fields.
    if (decoder.ok()) decoder_ = std::move(decoder).value();
  }
  if (decoder_ != nullptr || !reply_->headers.Has("Content-Length")) return true;
  const auto announced =
      std::strtoull(std::string(reply_->headers.Get("Content-Length")).c_str(), nullptr, 10);
  if (limit_ != 0 && announced > limit_) return TooLarge();
  reply_->body.reserve(std::min<std::size_t>(announced, kMaxReserve));
  return true;
}

bool ReplyBody::Append(std::string_view bytes) {
  any_ = any_ || !bytes.empty();
  if (decoder_ != nullptr) {
    const Status status = decoder_->Feed(bytes, &reply_->body);
    return status.ok() || Undecodable(status);
  }
  if (limit_ != 0 && bytes.size() > limit_ - reply_->body.size()) return TooLarge();
  reply_->body.append(bytes);
  return true;
}

bool ReplyBody::Finish() {
  if (decoder_ == nullptr) return true;
  if (any_) {
    if (const Status status = decoder_->Finish(); !status.ok()) return Undecodable(status);
  }
  reply_->headers.Remove("Content-Encoding");
  reply_->headers.Remove("Content-Length");
  return true;
}

}  // namespace kratos::http
