#include "kratos/log/log.h"

#include <cstdio>
#include <mutex>

namespace kratos::log {

namespace {

// A value with blanks, quotes or control characters is quoted and escaped, so that nothing a peer
// sent can forge a line.
void AppendValue(std::string_view value, std::string* out) {
  const auto plain = [](char c) {
    return static_cast<unsigned char>(c) > ' ' && c != '"' && c != '\\' && c != '=' && c != 0x7f;
  };
  bool quote = value.empty();
  for (char c : value) quote = quote || !plain(c);
  if (!quote) {
    out->append(value);
    return;
  }
  constexpr char kHex[] = "0123456789abcdef";
  out->push_back('"');
  for (char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(c);
    } else if (byte < 0x20 || byte == 0x7f) {
      out->append("\\x");
      out->push_back(kHex[byte >> 4]);
      out->push_back(kHex[byte & 15]);
    } else {
      out->push_back(c);
    }
  }
  out->push_back('"');
}

class StderrSink final : public Sink {
 public:
  void Write(Level level, std::string_view message,
             const std::vector<Attribute>& attributes) override {
    std::string line;
    line.append(ToString(level)).append(" msg=");
    AppendValue(message, &line);
    for (const auto& [key, value] : attributes) {
      line.append(" ").append(key).append("=");
      AppendValue(value, &line);
    }
    line.push_back('\n');
    std::fwrite(line.data(), 1, line.size(), stderr);  // One write a line keeps lines whole.
  }
};

std::mutex& SinkMutex() {
  static std::mutex mutex;
  return mutex;
}

std::shared_ptr<Sink>& CurrentSink() {
  static std::shared_ptr<Sink> sink = std::make_shared<StderrSink>();
  return sink;
}

}  // namespace

std::string_view ToString(Level level) {
  switch (level) {
    case Level::kDebug:
      return "DEBUG";
    case Level::kInfo:
      return "INFO";
    case Level::kWarn:
      return "WARN";
    case Level::kError:
      return "ERROR";
  }
  return "UNKNOWN";
}

void SetSink(std::shared_ptr<Sink> sink) {
  if (sink == nullptr) sink = std::make_shared<StderrSink>();
  const std::lock_guard lock(SinkMutex());
  CurrentSink() = std::move(sink);
}

void Write(Level level, std::string_view message, std::vector<Attribute> attributes) noexcept {
  try {
    std::shared_ptr<Sink> sink;
    {
      const std::lock_guard lock(SinkMutex());
      sink = CurrentSink();
    }
    sink->Write(level, message, attributes);
  } catch (...) {
    // A log that fails must not take the request with it.
  }
}

}  // namespace kratos::log
