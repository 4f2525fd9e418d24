// The outcome of a call: kratos::Status is OK or an Error with code, reason, message, metadata and
// cause.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "kratos/metadata/metadata.h"

namespace kratos {

class Error;

/// OK, or an Error. One pointer wide, null when OK, so success allocates nothing; copies share the
/// error.
class [[nodiscard]] Status {
 public:
  /// OK.
  Status() noexcept = default;
  /// A failure; implicit, so a handler can `return kratos::NotFound(...)`.
  Status(Error error);  // NOLINT(google-explicit-constructor)
  Status(const Status& other) noexcept;
  Status(Status&& other) noexcept : rep_(std::exchange(other.rep_, nullptr)) {}
  Status& operator=(const Status& other) noexcept;
  Status& operator=(Status&& other) noexcept;
  ~Status();

  bool ok() const noexcept { return rep_ == nullptr; }
  /// The error. Must not be called on OK.
  const Error& error() const;
  /// The error's code, 200 when OK.
  int code() const;
  /// The error's reason, "" when OK.
  const std::string& reason() const;
  /// The error's message, "" when OK.
  const std::string& message() const;

  /// Becomes `other` if this is OK: keeps the first failure of a sequence.
  void Update(Status other);

 private:
  struct Rep;
  Rep* rep_ = nullptr;
};

/// What a peer answered when a call failed: kept beside the error that was read from it.
struct PeerReply {
  /// The HTTP status, as received.
  int status = 0;
  Metadata headers;
  /// The reply's body as received, whatever its type.
  std::string body;
};

/// A structured error as Kratos has it (errors.Status). A value; compare with Is().
class Error {
 public:
  /// `code` is an HTTP status such as 404; a code outside 400..599 is sent as 500 and kept in the
  /// body. `reason` is a constant such as "USER_NOT_FOUND" that programs compare; `message` is for
  /// people.
  Error(int code, std::string reason, std::string message);

  int code() const { return code_; }
  const std::string& reason() const { return reason_; }
  const std::string& message() const { return message_; }
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  /// What led to this error; OK when nothing did. Never sent to a peer.
  const Status& cause() const { return cause_; }
  /// The answer this error was read from; null for an error made here.
  const PeerReply* peer_reply() const { return peer_reply_.get(); }

  Error WithMetadata(std::map<std::string, std::string> metadata) &&;
  Error WithMetadata(std::string key, std::string value) &&;
  Error WithCause(Status cause) &&;
  Error WithPeerReply(PeerReply reply) &&;

  /// True when code and reason are equal: the identity of an error. Message and metadata do not
  /// count.
  bool Is(const Error& other) const { return code_ == other.code_ && reason_ == other.reason_; }

  /// "error: code = 404 reason = X message = Y metadata = map[k:v] cause = ...", Kratos's text
  /// form; for logs.
  std::string ToString() const;

 private:
  int code_;
  std::string reason_;
  std::string message_;
  std::map<std::string, std::string> metadata_;
  Status cause_;
  std::shared_ptr<const PeerReply> peer_reply_;
};

/// True when the status, or a cause behind it, has the code and reason of `target`.
bool Is(const Status& status, const Error& target);

/// A value or the reason there is none.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}          // NOLINT(google-explicit-constructor)
  Result(Status status) : status_(std::move(status)) {}  // NOLINT(google-explicit-constructor)
  Result(Error error) : status_(std::move(error)) {}     // NOLINT(google-explicit-constructor)

  bool ok() const { return value_.has_value(); }
  const Status& status() const { return status_; }
  T& value() & { return *value_; }
  const T& value() const& { return *value_; }
  T&& value() && { return std::move(*value_); }
  T& operator*() & { return *value_; }
  const T& operator*() const& { return *value_; }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }

 private:
  std::optional<T> value_;
  Status status_;
};

}  // namespace kratos
