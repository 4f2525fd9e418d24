#include "http/stream_drain.h"

#include "http/call_state.h"
#include "kratos/errors/errors.h"

namespace kratos::http {

StreamDrain::StreamDrain(Context& ctx) : ctx_(ctx) {
  on_drain_.emplace(ctx_.state().exchange->draining(), [this] { Begin(); });
}

StreamDrain::~StreamDrain() {
  on_drain_.reset();  // From here on nobody sets timer_.
  if (timer_) fiber::Timer::Get().Cancel(*timer_);
}

void StreamDrain::Begin() {
  const auto when = fiber::Timer::Clock::now() + ctx_.state().dispatcher.options().streams.drain;
  timer_ = fiber::Timer::Get().At(when, [this] {
    over_ = true;
    ctx_.Cancel();
  });
}

Error StreamDrain::Stopping() {
  return ServiceUnavailable(kReasonUnavailable, "the server is stopping");
}

}  // namespace kratos::http
