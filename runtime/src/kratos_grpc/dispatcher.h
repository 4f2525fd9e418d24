// From gRPC's calls to operations, and where they run.
#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fiber/thread_pool.h"
#include "kratos/grpc/server.h"
#include "kratos/middleware/middleware.h"
#include "kratos_grpc/operation.h"
#include "kratos_grpc/server_call.h"

namespace kratos::grpc {

/// Settings by operation, as Server::Use and TimeoutFor collect them.
struct OperationSettings {
  MiddlewareTable middleware;
  std::vector<std::pair<std::string, std::chrono::milliseconds>> timeouts;
};

/// Every call of the server goes through it, also those of operations that do not exist. It must
/// outlive the ::grpc::Server it is registered with.
class Dispatcher final : public ::grpc::CallbackGenericService, private CallHost {
 public:
  /// Composes the chains. Fails with one sentence that names every method that is wrong.
  /// `built_in` are answered without middleware, time-out or a place in the limits.
  static Result<std::unique_ptr<Dispatcher>> Create(const ServerOptions& options,
                                                    const OperationSettings& settings,
                                                    const std::vector<ServiceMethod>& methods,
                                                    const std::vector<ServiceMethod>& built_in);
  ~Dispatcher() override;

  /// The server's own URL, for TransportInfo; set before Open.
  void set_endpoint(std::string endpoint) { endpoint_ = std::move(endpoint); }
  /// The application, for contexts; set before Open.
  void set_app(std::shared_ptr<const AppInfo> app) { app_ = std::move(app); }
  /// Runs the calls that have come so far, and from now on each as it comes.
  void Open();
  /// Refuses those that still wait for Open, and all that come.
  void Close();
  /// Cancels the streams that are open.
  void EndStreams() { streams_over_.request_stop(); }

  ::grpc::ServerGenericBidiReactor* CreateReactor(
      ::grpc::GenericCallbackServerContext* rpc) override;

 private:
  explicit Dispatcher(const ServerOptions& options);

  Status Add(const ServiceMethod& method, kratos::Handler chain, std::chrono::milliseconds timeout);

  void Launch(ServerCall& call) override;
  void OnEnd(ServerCall& call) override;
  const std::string& endpoint() const override { return endpoint_; }
  const AppInfo* app() const override { return app_.get(); }
  std::stop_token streams_over() const override { return streams_over_.get_token(); }

  void RunNow(ServerCall& call);

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  const Limits limits_;
  std::string endpoint_;
  std::shared_ptr<const AppInfo> app_;
  std::unordered_map<std::string, Operation, Hash, std::equal_to<>> operations_;
  std::stop_source streams_over_;
  std::atomic<std::size_t> streams_ = 0;

  enum class Gate { kShut, kOpen, kClosed };
  std::mutex mutex_;
  Gate gate_ = Gate::kShut;
  std::vector<ServerCall*> waiting_;

  // Ends first, while what its tasks use is still there.
  fiber::ThreadPool pool_;
};

}  // namespace kratos::grpc
