// Server-sent events out of the pieces of a reply (WHATWG HTML, 9.2.6).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kratos::testing::internal {

class EventReader {
 public:
  struct Event {
    std::string name;
    std::string data;
  };
  void Feed(std::string_view bytes) { text_ += bytes; }
  /// The next event that is whole.
  std::optional<Event> Next();

 private:
  std::string text_;
};

}  // namespace kratos::testing::internal
