#include "http/input_buffer.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "support/catch.h"

namespace kratos::http {
namespace {

void Put(InputBuffer& buffer, std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t some = std::min(bytes.size(), InputBuffer::kBlock);
    std::memcpy(buffer.Space(), bytes.data(), some);
    buffer.Filled(some);
    bytes.remove_prefix(some);
  }
}

TEST_CASE("input buffer: bytes come out as they went in, however many wait") {
  // Less than a block, about a block, and several of them.
  for (const std::size_t total : {1u, 100u, 16383u, 16384u, 16385u, 50000u, 100000u}) {
    CAPTURE(total);
    std::string text(total, '.');
    for (std::size_t i = 0; i < total; ++i) text[i] = static_cast<char>(i * 31 % 251);
    InputBuffer buffer;
    Put(buffer, text);
    CHECK(buffer.unread() == text);
    // In small bites, with more coming in between.
    std::string out;
    std::string expected = text;
    while (!buffer.unread().empty()) {
      const std::string_view bite = buffer.unread().substr(0, 7000);
      out += bite;
      buffer.Consume(bite.size());
      if (out.size() < total) {
        Put(buffer, "more");
        expected += "more";
      }
    }
    CHECK(out == expected);
  }
}

TEST_CASE("input buffer: memory is let go only when nothing waits") {
  InputBuffer buffer;
  buffer.Rest();
  CHECK(buffer.unread().empty());
  Put(buffer, "ab");
  buffer.Consume(1);
  buffer.Rest();
  CHECK(buffer.unread() == "b");
  buffer.Consume(1);
  buffer.Rest();
  CHECK(buffer.unread().empty());
  Put(buffer, "c");
  CHECK(buffer.unread() == "c");
  buffer.Clear();
  CHECK(buffer.unread().empty());
}

}  // namespace
}  // namespace kratos::http
