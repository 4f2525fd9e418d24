#include "kratos_grpc/health.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "kratos/context/context.h"
#include "kratos/errors/errors.h"
#include "kratos/grpc/health.pb.h"

namespace kratos::grpc {

namespace {

using google::protobuf::Message;
using health::HealthCheckRequest;
using health::HealthCheckResponse;
using Clock = fiber::ConditionVariable::Clock;

// A registry that keeps no results is not asked without pause.
constexpr std::chrono::milliseconds kShortestRefresh{100};

HealthCheckResponse::ServingStatus StatusOf(const std::optional<bool>& serving, bool well) {
  if (!serving) return HealthCheckResponse::SERVICE_UNKNOWN;
  return *serving && well ? HealthCheckResponse::SERVING : HealthCheckResponse::NOT_SERVING;
}

const std::string& ServiceOf(const Message& request) {
  return static_cast<const HealthCheckRequest&>(request).service();
}

}  // namespace

Health::Health(std::shared_ptr<kratos::health::Registry> registry)
    : registry_(std::move(registry)) {
  if (registry_ == nullptr) return;
  subscription_ = registry_->Subscribe([this](bool) {
    const std::lock_guard lock(mutex_);
    Changed();
  });
}

std::vector<ServiceMethod> Health::Methods() {
  ServiceMethod check;
  check.operation = "/grpc.health.v1.Health/Check";
  check.request = &HealthCheckRequest::default_instance();
  check.reply = &HealthCheckResponse::default_instance();
  check.run = [this](Context& ctx, const Message& request, Message* reply, Streams) -> Status {
    const bool well = AskRegistry(ctx);
    const std::lock_guard lock(mutex_);
    const auto serving = Find(ServiceOf(request));
    if (!serving) return NotFound(kReasonNotFound, "unknown service");
    static_cast<HealthCheckResponse*>(reply)->set_status(StatusOf(serving, well));
    return {};
  };
  ServiceMethod watch = check;
  watch.operation = "/grpc.health.v1.Health/Watch";
  watch.reply_stream = true;
  watch.run = [this](Context& ctx, const Message& request, Message*, Streams streams) -> Status {
    return Watch(ctx, ServiceOf(request), *streams.out);
  };
  return {std::move(check), std::move(watch)};
}

bool Health::AskRegistry(Context& ctx) const {
  if (registry_ == nullptr) return true;
  return fiber::Blocking([&] { return registry_->Ask(&ctx).ready(); });
}

Status Health::Watch(Context& ctx, const std::string& service,
                     kratos::internal::MessageWriter& out) {
  std::optional<HealthCheckResponse::ServingStatus> said;
  std::unique_lock lock(mutex_);
  while (true) {
    const std::uint64_t seen = changes_;
    lock.unlock();
    const bool well = AskRegistry(ctx);
    lock.lock();
    const auto now = StatusOf(Find(service), well);
    if (now != said) {
      lock.unlock();
      HealthCheckResponse response;
      response.set_status(now);
      if (Status status = out.Send(response); !status.ok()) return status;
      said = now;
      lock.lock();
    }
    const auto changed = [&] { return changes_ != seen; };
    Status status;
    if (registry_ == nullptr) {
      status = changed_.Wait(lock, ctx, changed);
    } else {
      // Checks begin to fail, and to pass, without telling anyone.
      const auto again = std::max(registry_->max_age(), kShortestRefresh);
      status = changed_.WaitUntil(lock, ctx, Clock::now() + again, changed).status();
    }
    if (!status.ok()) return status;
  }
}

void Health::Changed() {
  ++changes_;
  changed_.NotifyAll();
}

std::optional<bool> Health::Find(const std::string& service) const {
  const auto found = able_.find(service);
  if (found == able_.end()) return std::nullopt;
  return found->second && state_ == State::kOpen;
}

void Health::Add(const std::string& service) {
  const std::lock_guard lock(mutex_);
  able_.try_emplace(service, true);
}

void Health::Set(const std::string& service, bool able) {
  const std::lock_guard lock(mutex_);
  able_[service] = able;
  Changed();
}

void Health::Open() {
  const std::lock_guard lock(mutex_);
  if (state_ == State::kBefore) state_ = State::kOpen;
  Changed();
}

void Health::Close() {
  const std::lock_guard lock(mutex_);
  state_ = State::kClosed;
  Changed();
}

}  // namespace kratos::grpc
