// The comparison's messages as structs, and their proto3 JSON, written by hand for them alone.
#pragma once

#include <rapidjson/stringbuffer.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kratos::bench::limit {

struct Time {
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;
};

struct Owner {
  std::string display_name{};
  std::string email{};
};

struct Item {
  std::string name{};
  std::string title{};
  std::int64_t size_bytes = 0;
  double price = 0;
  bool is_public = false;
  int state = 0;
  std::vector<std::string> tags{};
  std::optional<Owner> owner{};
  std::optional<Time> create_time{};
  std::int32_t revision = 0;
};

struct Page {
  std::vector<Item> items{};
  std::string next_page_token{};
  std::int32_t total_size = 0;
};

/// Reads `text`, which it changes. False with the reason when it is no Page; unknown members are
/// left out.
bool ParsePage(std::string* text, Page* page, std::string* error);
bool ParseSent(std::string* text, std::int64_t* sent, std::string* error);

void WritePage(const Page& page, rapidjson::StringBuffer* out);
void WriteMessage(std::string_view message, rapidjson::StringBuffer* out);
void WriteError(int code, std::string_view reason, std::string_view message,
                rapidjson::StringBuffer* out);
void WriteSent(std::int64_t sent, rapidjson::StringBuffer* out);

}  // namespace kratos::bench::limit
