#include "kratos_grpc/dispatcher.h"

#include <fmt/format.h>

#include <new>
#include <utility>

#include "fiber/fiber.h"
#include "kratos/errors/errors.h"
#include "kratos_grpc/channel_arguments.h"
#include "kratos_grpc/status_details.h"

namespace kratos::grpc {

namespace {

Error NotStarted() {
  return ServiceUnavailable(kReasonUnavailable, "the server has not been started");
}

bool IsOperation(std::string_view name) {
  const auto slash = name.rfind('/');
  return name.starts_with('/') && slash > 1 && slash + 1 < name.size();
}

/// Answers a call of an operation that does not exist.
class UnknownCall final : public ::grpc::ServerGenericBidiReactor {
 public:
  explicit UnknownCall(const std::string& operation) {
    Finish(ToGrpc(
        NotImplemented(kReasonUnimplemented, fmt::format("there is no operation {}", operation))));
  }
  void OnDone() override { delete this; }
};

}  // namespace

Dispatcher::Dispatcher(const ServerOptions& options)
    : limits_(options.limits),
      pool_(CallThreads(options.limits.threads), options.limits.max_queued_calls) {}

Dispatcher::~Dispatcher() = default;

Result<std::unique_ptr<Dispatcher>> Dispatcher::Create(const ServerOptions& options,
                                                       const OperationSettings& settings,
                                                       const std::vector<ServiceMethod>& methods,
                                                       const std::vector<ServiceMethod>& built_in) {
  std::unique_ptr<Dispatcher> dispatcher(new Dispatcher(options));
  std::string wrong;
  const auto add = [&](const ServiceMethod& method, const std::vector<Middleware>& chain,
                       std::chrono::milliseconds timeout) {
    const Status status = dispatcher->Add(method, Chain(chain, ServerCall::RunMethod), timeout);
    if (!status.ok()) wrong += (wrong.empty() ? "" : "; ") + status.message();
  };
  for (const ServiceMethod& method : built_in) add(method, {}, std::chrono::milliseconds(0));
  for (const ServiceMethod& method : methods) {
    std::chrono::milliseconds timeout = options.timeout;
    for (const auto& [operation, own] : settings.timeouts) {
      if (operation == method.operation) timeout = own;
    }
    add(method, settings.middleware.Match(method.operation), timeout);
  }
  if (!wrong.empty()) {
    return InternalServer("BAD_METHOD", "operations that cannot be served: " + wrong);
  }
  return dispatcher;
}

Status Dispatcher::Add(const ServiceMethod& method, kratos::Handler chain,
                       std::chrono::milliseconds timeout) {
  std::string name(method.operation);
  if (!IsOperation(name)) {
    return InternalServer("BAD_METHOD",
                          fmt::format("\"{}\" is not of the form /package.Service/Method", name));
  }
  if (method.request == nullptr || method.reply == nullptr || !method.run) {
    return InternalServer("BAD_METHOD", name + " lacks its message types or its function");
  }
  const auto [place, added] =
      operations_.try_emplace(name, Operation{name, method, std::move(chain), timeout});
  if (!added) return InternalServer("BAD_METHOD", name + " is registered twice");
  return {};
}

::grpc::ServerGenericBidiReactor* Dispatcher::CreateReactor(
    ::grpc::GenericCallbackServerContext* rpc) {
  const auto found = operations_.find(rpc->method());
  if (found == operations_.end()) return new UnknownCall(rpc->method());
  auto* call = new ServerCall(*this, found->second, *rpc);
  call->Start();
  return call;
}

void Dispatcher::Launch(ServerCall& call) {
  bool closed = false;
  {
    const std::lock_guard lock(mutex_);
    if (gate_ == Gate::kShut) {
      waiting_.push_back(&call);
      return;
    }
    closed = gate_ == Gate::kClosed;
  }
  if (closed) return call.Refuse(NotStarted());
  RunNow(call);
}

void Dispatcher::RunNow(ServerCall& call) {
  if (call.operation().streams()) {
    call.counted = true;
    const bool room = ++streams_ <= limits_.max_streams || limits_.max_streams == 0;
    if (!room) {
      return call.Refuse(ServiceUnavailable(kReasonUnavailable, "too many streams are open"));
    }
    try {
      return fiber::Fiber::Start(pool_, limits_.stream_stack_bytes, [&call] { call.Run(); });
    } catch (const std::bad_alloc&) {
      return call.Refuse(ServiceUnavailable(kReasonUnavailable, "no memory for another stream"));
    }
  }
  if (!pool_.TryPost([&call] { call.Run(); })) {
    call.Refuse(ServiceUnavailable(kReasonUnavailable, "too many calls wait for a thread"));
  }
}

void Dispatcher::OnEnd(ServerCall& call) {
  if (call.counted) --streams_;
}

void Dispatcher::Open() {
  std::vector<ServerCall*> waiting;
  {
    const std::lock_guard lock(mutex_);
    if (gate_ != Gate::kShut) return;
    gate_ = Gate::kOpen;
    waiting.swap(waiting_);
  }
  for (ServerCall* call : waiting) RunNow(*call);
}

void Dispatcher::Close() {
  std::vector<ServerCall*> waiting;
  {
    const std::lock_guard lock(mutex_);
    if (gate_ == Gate::kShut) gate_ = Gate::kClosed;
    waiting.swap(waiting_);
  }
  for (ServerCall* call : waiting) call->Refuse(NotStarted());
}

}  // namespace kratos::grpc
