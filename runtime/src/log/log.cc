#include "kratos/log/log.h"

#include <iterator>
#include <mutex>
#include <optional>
#include <utility>

namespace kratos::log {

struct Logger::State {
  struct Frame {
    std::string group;
    std::vector<Attribute> attributes;
  };
  std::shared_ptr<Handler> handler;
  Clock clock;
  /// The first frame is the top, the last one the group that is open.
  std::vector<Frame> frames;
};

Logger::Logger(std::shared_ptr<Handler> handler, Clock clock) {
  if (!clock) clock = [] { return std::chrono::system_clock::now(); };
  state_ = std::make_shared<const State>(State{std::move(handler), std::move(clock), {{"", {}}}});
}

Logger Logger::With(std::vector<Attribute> attributes) const {
  auto state = std::make_shared<State>(*state_);
  std::move(attributes.begin(), attributes.end(),
            std::back_inserter(state->frames.back().attributes));
  return Logger(std::shared_ptr<const State>(std::move(state)));
}

Logger Logger::WithGroup(std::string_view name) const {
  if (name.empty()) return *this;
  auto state = std::make_shared<State>(*state_);
  state->frames.push_back({std::string(name), {}});
  return Logger(std::shared_ptr<const State>(std::move(state)));
}

bool Logger::Enabled(Level level, const Context* ctx) const noexcept {
  try {
    return state_->handler->Enabled(ctx, level);
  } catch (...) {
    return false;
  }
}

const std::shared_ptr<Handler>& Logger::handler() const { return state_->handler; }

void Logger::Emit(const Context* ctx, Level level, std::string_view message,
                  std::vector<Attribute> attributes, const Location& location) const noexcept {
  try {
    if (!state_->handler->Enabled(ctx, level)) return;
    // From the innermost group outwards.
    std::vector<Attribute> all = std::move(attributes);
    const auto& frames = state_->frames;
    for (auto frame = frames.rbegin(); frame != frames.rend(); ++frame) {
      all.insert(all.begin(), frame->attributes.begin(), frame->attributes.end());
      if (std::next(frame) == frames.rend()) break;
      std::vector<Attribute> group;
      group.push_back({frame->group, std::move(all)});
      all = std::move(group);
    }
    if (ctx != nullptr) {
      std::vector<Attribute> inherited = AttributesOf(*ctx);
      all.insert(all.begin(), std::make_move_iterator(inherited.begin()),
                 std::make_move_iterator(inherited.end()));
    }
    state_->handler->Handle(
        ctx, {state_->clock(), level, std::string(message), std::move(all), location});
  } catch (...) {
    // A log that fails must not take the request with it.
  }
}

namespace {

std::mutex& DefaultMutex() {
  static std::mutex mutex;
  return mutex;
}

const Logger& FirstDefault() {
  static const Logger logger(MakeHandler());
  return logger;
}

Logger& CurrentDefault() {
  static Logger logger = FirstDefault();
  return logger;
}

}  // namespace

Logger Default() {
  const std::lock_guard lock(DefaultMutex());
  return CurrentDefault();
}

void SetDefault(Logger logger) {
  // The old one's handler may log as it goes away.
  std::optional<Logger> old;
  const std::lock_guard lock(DefaultMutex());
  old = std::exchange(CurrentDefault(), std::move(logger));
}

void ResetDefault() { SetDefault(FirstDefault()); }

void Write(Level level, std::string_view message, std::vector<Attribute> attributes,
           std::source_location location) noexcept {
  try {
    Default().Log(level, message, std::move(attributes), location);
  } catch (...) {
    // Not even memory for the first logger.
  }
}

void Write(const Context& ctx, Level level, std::string_view message,
           std::vector<Attribute> attributes, std::source_location location) noexcept {
  try {
    Default().Log(ctx, level, message, std::move(attributes), location);
  } catch (...) {
    // As above.
  }
}

}  // namespace kratos::log
