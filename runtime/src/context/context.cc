#include "kratos/context/context.h"

#include <algorithm>

#include "kratos/errors/errors.h"

namespace kratos {

Context::Context()
    : own_(Own()),
      transport_(&own_->transport),
      request_header_(&own_->request_header),
      reply_header_(&own_->reply_header) {}

Context::Context(Context* parent) : Context() {
  parent_ = parent;
  if (parent_ == nullptr) return;
  deadline_ = parent_->deadline_;
  parent_stop_ = std::make_unique<std::stop_callback<std::function<void()>>>(parent_->stop_token(),
                                                                             [this] { Cancel(); });
}

Context::~Context() {
  parent_stop_.reset();
  if (cancelled_) {
    const std::lock_guard lock(stop_mutex_);  // The Cancel may still be at it.
  }
}

void Context::Cancel() {
  std::optional<std::stop_source> source;
  {
    // Whoever sees the flag may end the call, and this object with it: nothing of it is touched
    // after.
    const std::lock_guard lock(stop_mutex_);
    cancelled_ = true;
    source = stop_source_;
  }
  if (source) source->request_stop();
}

std::stop_token Context::stop_token() const {
  const std::lock_guard lock(stop_mutex_);
  if (!stop_source_) {
    stop_source_.emplace();
    if (cancelled_) stop_source_->request_stop();
  }
  return stop_source_->get_token();
}

void Context::LimitDeadline(Clock::time_point deadline) {
  if (!deadline_ || deadline < *deadline_) deadline_ = deadline;
}

std::optional<Context::Clock::duration> Context::TimeLeft() const {
  if (!deadline_) return std::nullopt;
  return std::max(*deadline_ - Clock::now(), Clock::duration::zero());
}

Status Context::Err() const {
  if (cancelled()) return ClientClosed(kReasonCanceled, "the call was cancelled");
  if (deadline_ && Clock::now() >= *deadline_) {
    return GatewayTimeout(kReasonDeadlineExceeded, "the deadline has passed");
  }
  return {};
}

const AppInfo* Context::app() const {
  const Context* ctx = this;
  while (ctx->app_ == nullptr && ctx->parent_ != nullptr) ctx = ctx->parent_;
  return ctx->app_;
}

const Metadata& Context::server_metadata() const {
  return parent_ != nullptr && server_metadata_.empty() ? parent_->server_metadata()
                                                        : server_metadata_;
}

const Metadata& Context::client_metadata() const {
  return parent_ != nullptr && client_metadata_.empty() ? parent_->client_metadata()
                                                        : client_metadata_;
}

void Context::SetAny(std::type_index type, std::shared_ptr<void> value) {
  for (auto& entry : values_) {
    if (entry.first == type) {
      entry.second = std::move(value);
      return;
    }
  }
  values_.emplace_back(type, std::move(value));
}

void* Context::GetAny(std::type_index type) const {
  for (const Context* ctx = this; ctx != nullptr; ctx = ctx->parent_) {
    for (const auto& entry : ctx->values_) {
      if (entry.first == type) return entry.second.get();
    }
  }
  return nullptr;
}

}  // namespace kratos
