#include "kratos_grpc/health.h"

#include "kratos/context/context.h"
#include "kratos/errors/errors.h"
#include "kratos/grpc/health.pb.h"

namespace kratos::grpc {

namespace {

using google::protobuf::Message;
using health::HealthCheckRequest;
using health::HealthCheckResponse;

HealthCheckResponse::ServingStatus StatusOf(const std::optional<bool>& serving) {
  if (!serving) return HealthCheckResponse::SERVICE_UNKNOWN;
  return *serving ? HealthCheckResponse::SERVING : HealthCheckResponse::NOT_SERVING;
}

const std::string& ServiceOf(const Message& request) {
  return static_cast<const HealthCheckRequest&>(request).service();
}

}  // namespace

std::vector<ServiceMethod> Health::Methods() {
  ServiceMethod check;
  check.operation = "/grpc.health.v1.Health/Check";
  check.request = &HealthCheckRequest::default_instance();
  check.reply = &HealthCheckResponse::default_instance();
  check.run = [this](Context&, const Message& request, Message* reply, Streams) -> Status {
    const std::lock_guard lock(mutex_);
    const auto serving = Find(ServiceOf(request));
    if (!serving) return NotFound(kReasonNotFound, "unknown service");
    static_cast<HealthCheckResponse*>(reply)->set_status(StatusOf(serving));
    return {};
  };
  ServiceMethod watch = check;
  watch.operation = "/grpc.health.v1.Health/Watch";
  watch.reply_stream = true;
  watch.run = [this](Context& ctx, const Message& request, Message*, Streams streams) -> Status {
    HealthCheckResponse said;
    bool first = true;
    while (true) {
      {
        std::unique_lock lock(mutex_);
        const auto now = [&] { return StatusOf(Find(ServiceOf(request))); };
        Status status = changed_.Wait(lock, ctx, [&] { return first || now() != said.status(); });
        if (!status.ok()) return status;
        said.set_status(now());
        first = false;
      }
      if (Status status = streams.out->Send(said); !status.ok()) return status;
    }
  };
  return {std::move(check), std::move(watch)};
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
  changed_.NotifyAll();
}

void Health::Open() {
  const std::lock_guard lock(mutex_);
  if (state_ == State::kBefore) state_ = State::kOpen;
  changed_.NotifyAll();
}

void Health::Close() {
  const std::lock_guard lock(mutex_);
  state_ = State::kClosed;
  changed_.NotifyAll();
}

}  // namespace kratos::grpc
