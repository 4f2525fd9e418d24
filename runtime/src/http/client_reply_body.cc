#include "http/client_reply_body.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <system_error>
#include <utility>

#include "http/list_field.h"
#include "kratos/errors/errors.h"

namespace kratos::http {

namespace {

// A reply that announces its length gets its memory at once, up to this much; the rest must arrive
// first.
constexpr std::size_t kMaxReserve = 1u << 20;

// The announced length; nothing where none is. False when it is no number, or several that differ:
// where the body ends cannot be known then (RFC 9112, 6.3).
bool ReadLength(const Metadata& headers, std::optional<std::uint64_t>* length) {
  // It tells where the body ends, whatever else does.
  if (headers.Has("Transfer-Encoding")) return true;
  bool right = true;
  ForEachElement(headers, "Content-Length", [&](std::string_view text) {
    std::uint64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    right = right && read.ec == std::errc() && read.ptr == text.data() + text.size() &&
            (!*length || **length == number);
    *length = number;
  });
  return right;
}

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
  std::optional<std::uint64_t> announced;
  if (!ReadLength(reply_->headers, &announced)) {
    return Fail(WireOutcome::kTruncated,
                "the reply's Content-Length is no number, or there are several that differ");
  }
  // A part of a coded body is nothing a decoder could begin or end with (RFC 9110, 14.2).
  if (reply_->status != 206) {
    auto decoder = ContentDecoder::Create(reply_->headers, limit_);
    // A coding that is unknown here stays, in the body and in the fields.
    if (decoder.ok()) decoder_ = std::move(decoder).value();
  }
  if (decoder_ != nullptr || !announced) return true;
  if (limit_ != 0 && *announced > limit_) return TooLarge();
  reply_->body.reserve(std::min<std::size_t>(*announced, kMaxReserve));
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
