#include "kratos/errors/status.h"

#include <fmt/format.h>

namespace kratos {

struct Status::Rep {
  explicit Rep(Error e) : error(std::move(e)) {}
  std::atomic<int> references{1};
  Error error;
};

Status::Status(Error error) : rep_(new Rep(std::move(error))) {}

Status::Status(const Status& other) noexcept : rep_(other.rep_) {
  if (rep_ != nullptr) rep_->references.fetch_add(1, std::memory_order_relaxed);
}

Status& Status::operator=(const Status& other) noexcept {
  Status copy(other);
  std::swap(rep_, copy.rep_);
  return *this;
}

Status& Status::operator=(Status&& other) noexcept {
  std::swap(rep_, other.rep_);
  return *this;
}

Status::~Status() {
  if (rep_ != nullptr && rep_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete rep_;
}

const Error& Status::error() const { return rep_->error; }

int Status::code() const { return rep_ == nullptr ? 200 : rep_->error.code(); }

namespace {
const std::string& EmptyString() {
  static const std::string empty;
  return empty;
}
}  // namespace

const std::string& Status::reason() const {
  return rep_ == nullptr ? EmptyString() : rep_->error.reason();
}

const std::string& Status::message() const {
  return rep_ == nullptr ? EmptyString() : rep_->error.message();
}

void Status::Update(Status other) {
  if (ok()) *this = std::move(other);
}

Error::Error(int code, std::string reason, std::string message)
    : code_(code), reason_(std::move(reason)), message_(std::move(message)) {}

Error Error::WithMetadata(std::map<std::string, std::string> metadata) && {
  metadata_ = std::move(metadata);
  return std::move(*this);
}

Error Error::WithMetadata(std::string key, std::string value) && {
  metadata_.insert_or_assign(std::move(key), std::move(value));
  return std::move(*this);
}

Error Error::WithCause(Status cause) && {
  cause_ = std::move(cause);
  return std::move(*this);
}

Error Error::WithPeerReply(PeerReply reply) && {
  peer_reply_ = std::make_shared<const PeerReply>(std::move(reply));
  return std::move(*this);
}

std::string Error::ToString() const {
  std::string pairs;
  for (const auto& [key, value] : metadata_) {
    fmt::format_to(std::back_inserter(pairs), "{}{}:{}", pairs.empty() ? "" : " ", key, value);
  }
  return fmt::format("error: code = {} reason = {} message = {} metadata = map[{}] cause = {}",
                     code_, reason_, message_, pairs,
                     cause_.ok() ? "<nil>" : cause_.error().ToString());
}

bool Is(const Status& status, const Error& target) {
  for (const Status* s = &status; !s->ok(); s = &s->error().cause()) {
    if (s->error().Is(target)) return true;
  }
  return false;
}

}  // namespace kratos
