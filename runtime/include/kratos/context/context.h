// What travels with a call: deadline, cancellation, metadata, the transport's facts, and typed
// values.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <typeindex>
#include <utility>
#include <vector>

#include "kratos/errors/status.h"
#include "kratos/metadata/metadata.h"
#include "kratos/registry/service_instance.h"

namespace kratos {

/// Which transport carries a call and what it knows about it.
struct TransportInfo {
  enum class Side { kNone, kServer, kClient };
  Side side = Side::kNone;
  /// "http" or "grpc"; empty outside a call.
  std::string kind{};
  /// Server: its own URL, such as "http://10.0.0.1:8000". Client: the target that was dialled.
  std::string endpoint{};
  /// "/package.Service/Method"; for a hand-written route its path template.
  std::string operation{};
  /// The template of the matched route or of the binding called, such as "/v1/{name=shelves/*}";
  /// empty for gRPC.
  std::string path_template{};
  /// The other end's "address:port"; empty when unknown.
  std::string peer{};
  /// The request, the reply, is a stream: the one message that middleware is given for it is empty.
  bool request_stream = false;
  bool reply_stream = false;
  /// HTTP only: the request's method, such as "GET".
  std::string http_method{};
  /// HTTP servers only: the request's path as it was sent, without the query.
  std::string http_path{};
};

/// The circumstances of one call. Handlers receive theirs by reference and must not keep it beyond
/// their return. A program starts calls of its own from a default-constructed Context. Not
/// copyable; not synchronised except where a member says so.
class Context {
 public:
  using Clock = std::chrono::steady_clock;

  /// Without deadline, metadata or values; cancelled only by Cancel().
  Context();
  /// A child for an outgoing call: sees `parent`'s values, inherits its deadline and is cancelled
  /// with it. `parent` must outlive it.
  explicit Context(Context* parent);
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  virtual ~Context();

  /// When the call must be finished; nothing when it may take for ever.
  std::optional<Clock::time_point> deadline() const { return deadline_; }
  /// Brings the deadline forward; a later one than the present is ignored.
  void LimitDeadline(Clock::time_point deadline);
  void LimitDeadline(Clock::duration from_now) { LimitDeadline(Clock::now() + from_now); }
  /// Time left, never negative; nothing without a deadline.
  std::optional<Clock::duration> TimeLeft() const;

  /// Asks everything that watches this context to stop. Thread-safe.
  void Cancel();
  /// True once the caller is gone or Cancel() was called; the deadline does not count. Thread-safe.
  bool cancelled() const { return cancelled_; }
  /// For std::stop_callback and condition_variable_any waits. Thread-safe.
  std::stop_token stop_token() const;
  /// OK while the call is worth going on with; else 499 CANCELED or 504 DEADLINE_EXCEEDED. Cheap:
  /// poll it in loops.
  Status Err() const;

  /// The context this one is a child of, or null.
  Context* parent() const { return parent_; }

  /// The application that serves this call, or made it (see kratos::App); null outside of one.
  /// Lives as long as the server.
  const AppInfo* app() const;
  void set_app(const AppInfo* app) { app_ = app; }

  const TransportInfo& transport() const { return *transport_; }
  TransportInfo& mutable_transport() { return *transport_; }

  /// The call's header fields as they came in (server) or will go out (client).
  const Metadata& request_header() const { return *request_header_; }
  Metadata& mutable_request_header() { return *request_header_; }
  /// Header fields of the reply: to be set by the handler (server), or as they came in (client).
  const Metadata& reply_header() const { return *reply_header_; }
  Metadata& mutable_reply_header() { return *reply_header_; }

  /// Metadata the peer sent for propagation, and metadata for this call's own outgoing calls; see
  /// the metadata middleware.
  const Metadata& server_metadata() const;
  Metadata& mutable_server_metadata() { return server_metadata_; }
  const Metadata& client_metadata() const;
  Metadata& mutable_client_metadata() { return client_metadata_; }

  /// Stores `value` under its type, replacing an earlier one of that type.
  template <class T>
  void Set(T value) {
    SetAny(std::type_index(typeid(T)), std::make_shared<T>(std::move(value)));
  }
  /// The value stored under T here or in an ancestor, or null. Lives as long as the context that
  /// holds it.
  template <class T>
  T* Get() const {
    return static_cast<T*>(GetAny(std::type_index(typeid(T))));
  }

  /// What binding the request found wrong, when a middleware runs before the answer is given; the
  /// service method is not called unless it is OK. Middleware that reads the request (validation)
  /// must let such a call pass through.
  const Status& bind_status() const { return bind_status_; }
  void set_bind_status(Status status) { bind_status_ = std::move(status); }

 protected:
  /// Shows the transport's own header fields and description in place of copies. All outlive it.
  Context(Metadata* request_header, Metadata* reply_header, TransportInfo* transport)
      : transport_(transport), request_header_(request_header), reply_header_(reply_header) {}

 private:
  void SetAny(std::type_index type, std::shared_ptr<void> value);
  void* GetAny(std::type_index type) const;

  Context* parent_ = nullptr;
  std::optional<Clock::time_point> deadline_;
  std::atomic<bool> cancelled_ = false;
  // Made for the first who asks for a token: most calls end without.
  mutable std::mutex stop_mutex_;
  mutable std::optional<std::stop_source> stop_source_;
  std::unique_ptr<std::stop_callback<std::function<void()>>> parent_stop_;
  const AppInfo* app_ = nullptr;
  struct Own {
    TransportInfo transport;
    Metadata request_header;
    Metadata reply_header;
  };
  std::optional<Own> own_;  // None where the transport keeps them.
  TransportInfo* transport_;
  Metadata* request_header_;
  Metadata* reply_header_;
  Metadata server_metadata_;
  Metadata client_metadata_;
  Status bind_status_;
  std::vector<std::pair<std::type_index, std::shared_ptr<void>>> values_;
};

}  // namespace kratos
