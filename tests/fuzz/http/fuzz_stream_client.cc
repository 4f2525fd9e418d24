// What a streaming client reads of its server, cut in any way: streamed replies give the same items
// and the same end, and no item beyond the limit; frames pass the WebSocket's filter with the same
// bytes. The first byte chooses the format, the second how the rest is cut.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/message_splitter.h"
#include "http/websocket_text_filter.h"

namespace {

using kratos::http::MessageSplitter;
using kratos::http::StreamItem;
using kratos::http::WebSocketTextFilter;

constexpr std::size_t kLimit = 256;

struct Outcome {
  std::vector<std::string> items;
  std::string reason;
  std::string id;
  bool operator==(const Outcome&) const = default;
};

std::unique_ptr<MessageSplitter> Make(unsigned format) {
  switch (format % 3) {
    case 0:
      return kratos::http::SplitEvents(kLimit);
    case 1:
      return kratos::http::SplitLines(kLimit);
    default:
      return kratos::http::SplitArray(kLimit);
  }
}

Outcome Split(unsigned format, std::string_view text, std::size_t piece) {
  Outcome outcome;
  const auto splitter = Make(format);
  StreamItem item;
  const auto take = [&](const kratos::Result<bool>& more) {
    if (!more.ok()) outcome.reason = more.status().reason();
    if (!more.ok() || !*more) return false;
    if (item.payload.size() > kLimit) std::abort();
    outcome.items.push_back((item.kind == StreamItem::Kind::kError ? "!" : "") + item.payload);
    return true;
  };
  while (!text.empty() && outcome.reason.empty()) {
    const auto next = text.substr(0, piece);
    text.remove_prefix(next.size());
    splitter->Feed(next);
    while (take(splitter->Next(&item))) {
    }
  }
  if (outcome.reason.empty()) take(splitter->Last(&item));
  outcome.id = splitter->last_event_id();
  return outcome;
}

std::string Filter(bool reply, std::string text, std::size_t piece) {
  WebSocketTextFilter filter(reply ? WebSocketTextFilter::Start::kReply
                                   : WebSocketTextFilter::Start::kFrames);
  std::string passed;
  while (!text.empty()) {
    std::string next = text.substr(0, piece);
    const std::size_t count = filter.Pass(next.data(), next.size());
    if (count == 0 || count > next.size()) std::abort();
    passed += next.substr(0, count);
    text.erase(0, count);
  }
  for (int i = 0; i < 3; ++i) passed += filter.TakeText() ? 't' : 'b';
  return passed;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const unsigned format = data[0];
  const std::size_t piece = 1 + data[1] % 16;
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t whole = std::max<std::size_t>(text.size(), 1);
  if (format % 5 < 3) {
    if (Split(format % 5, text, piece) != Split(format % 5, text, whole)) std::abort();
  } else {
    const bool reply = format % 5 == 3;
    if (Filter(reply, std::string(text), piece) != Filter(reply, std::string(text), whole))
      std::abort();
  }
  return 0;
}
