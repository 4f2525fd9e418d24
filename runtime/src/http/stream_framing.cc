#include "http/stream_framing.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "codec/accept.h"

namespace kratos::http {

namespace {

// Go Kratos's reader takes lines of up to 1 MiB.
constexpr std::size_t kLongLine = 512u << 10;

// Appends "data: <line>" for each line of `payload`.
void AppendData(std::string_view payload, std::string* out) {
  while (true) {
    const auto end = payload.find_first_of("\r\n");
    out->append("data: ").append(payload.substr(0, end)).append("\n");
    if (end == std::string_view::npos) return;
    payload.remove_prefix(end + (payload.substr(end, 2) == "\r\n" ? 2 : 1));
  }
}

// Breaks JSON behind commas outside of strings, where white space means nothing.
std::string BreakJson(std::string_view json) {
  std::string broken;
  broken.reserve(json.size() + json.size() / kLongLine + 1);
  bool in_string = false;
  std::size_t line = 0;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    broken.push_back(c);
    ++line;
    if (in_string && c == '\\' && i + 1 < json.size()) {
      broken.push_back(json[++i]);
      ++line;
    } else if (c == '"') {
      in_string = !in_string;
    } else if (c == ',' && !in_string && line >= kLongLine) {
      broken.push_back('\n');
      line = 0;
    }
  }
  return broken;
}

class Events final : public StreamFraming {
 public:
  std::string_view content_type() const override { return "text/event-stream"; }
  std::string Frame(std::string_view payload, const EventOptions& event) override {
    return FormatEvent("message", payload, event);
  }
  std::string Fail(std::string_view error_json) override {
    return FormatEvent("error", error_json, {});
  }
  std::string_view Heartbeat() const override { return ":\n\n"; }
};

class Lines final : public StreamFraming {
 public:
  std::string_view content_type() const override { return "application/x-ndjson"; }
  std::string Frame(std::string_view payload, const EventOptions&) override {
    std::string line(payload);
    // Indented JSON has line breaks, and only as white space.
    std::replace(line.begin(), line.end(), '\n', ' ');
    return line + '\n';
  }
  std::string Fail(std::string_view error_json) override {
    return fmt::format("{{\"error\":{}}}\n", error_json);
  }
};

class Array final : public StreamFraming {
 public:
  std::string_view content_type() const override { return "application/json"; }
  std::string Frame(std::string_view payload, const EventOptions&) override {
    return std::string(std::exchange(started_, true) ? ",\n" : "[").append(payload);
  }
  std::string End() override { return started_ ? "]" : "[]"; }
  // The last element says what happened; the array stays valid JSON.
  std::string Fail(std::string_view error_json) override {
    return fmt::format("{}{{\"error\":{}}}]", started_ ? ",\n" : "[", error_json);
  }
  std::string_view Heartbeat() const override { return "\n"; }

 private:
  bool started_ = false;
};

// What the Accept fields say about a type (RFC 9110, 12.5.1).
struct Choice {
  int quality = 0;
  int specificity = -1;  // Of the closest range that covers the type; below zero: none does.
};

Choice Weigh(const std::vector<codec::MediaRange>& ranges, std::string_view type,
             std::string_view subtype) {
  Choice choice;
  for (const auto& [range, quality] : ranges) {
    const bool any_type = range.type == "*";
    const bool any_subtype = range.subtype == "*";
    if ((!any_type && range.type != type) || (!any_subtype && range.subtype != subtype)) continue;
    const int specificity = any_type ? 0 : any_subtype ? 1 : 2;
    if (specificity > choice.specificity) choice = {quality, specificity};
  }
  return choice;
}

template <class Framing>
std::unique_ptr<StreamFraming> Make() {
  return std::make_unique<Framing>();
}

// In order of preference where the client has none; a wildcard alone means the first.
constexpr struct {
  std::string_view type;
  std::string_view subtype;
  std::unique_ptr<StreamFraming> (*make)();
} kFramings[] = {
    {"text", "event-stream", Make<Events>}, {"application", "x-ndjson", Make<Lines>},
    {"application", "ndjson", Make<Lines>}, {"application", "jsonl", Make<Lines>},
    {"application", "json", Make<Array>},
};

}  // namespace

std::string FormatEvent(std::string_view name, std::string_view payload,
                        const EventOptions& event) {
  std::string text;
  if (!event.id.empty()) text += fmt::format("id: {}\n", event.id);
  if (event.retry) text += fmt::format("retry: {}\n", event.retry->count());
  text += fmt::format("event: {}\n", name);
  if (payload.size() > kLongLine && (payload[0] == '{' || payload[0] == '[')) {
    AppendData(BreakJson(payload), &text);
  } else {
    AppendData(payload, &text);
  }
  return text += '\n';
}

bool AsksForEvents(const Metadata& request_headers) {
  const Choice choice =
      Weigh(codec::ParseAccept(request_headers.Values("Accept")), "text", "event-stream");
  return choice.specificity == 2 && choice.quality > 0;
}

std::unique_ptr<StreamFraming> NegotiateFraming(const Metadata& request_headers) {
  const auto ranges = codec::ParseAccept(request_headers.Values("Accept"));
  const auto* best = &kFramings[0];
  int best_quality = 0;
  for (const auto& framing : kFramings) {
    const Choice choice = Weigh(ranges, framing.type, framing.subtype);
    if (choice.quality > best_quality) {
      best = &framing;
      best_quality = choice.quality;
    }
  }
  return best->make();
}

}  // namespace kratos::http
