// Entity tags and lists of them.
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "http/hex.h"
#include "kratos/http/conditional.h"
#include "metadata/ascii.h"

namespace kratos::http {

namespace {

// etagc (RFC 9110, 8.8.3): a backslash is no escape here, and a comma no separator.
bool IsTagChar(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x21 || (byte >= 0x23 && byte != 0x7f);
}

// Takes a tag from the front of `text`; false leaves it as it was.
bool TakeTag(std::string_view* text, EntityTag* tag) {
  std::string_view rest = *text;
  tag->weak = rest.starts_with("W/");
  if (tag->weak) rest.remove_prefix(2);
  if (!rest.starts_with('"')) return false;
  rest.remove_prefix(1);
  const auto end = std::find_if_not(rest.begin(), rest.end(), IsTagChar);
  const auto length = static_cast<std::size_t>(end - rest.begin());
  if (end == rest.end() || *end != '"') return false;
  tag->value = rest.substr(0, length);
  rest.remove_prefix(length + 1);
  *text = rest;
  return true;
}

}  // namespace

std::string EntityTag::ToString() const { return (weak ? "W/\"" : "\"") + value + "\""; }

EntityTag StrongTag(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return {.value = Hex({reinterpret_cast<const char*>(digest.data()), 16}), .weak = false};
}

std::optional<EntityTag> ParseEntityTag(std::string_view text) {
  EntityTag tag;
  if (!TakeTag(&text, &tag) || !text.empty()) return std::nullopt;
  return tag;
}

bool EntityTagList::MatchesStrongly(const EntityTag& tag) const {
  return any || (!tag.weak && std::find(tags.begin(), tags.end(), tag) != tags.end());
}

bool EntityTagList::MatchesWeakly(const EntityTag& tag) const {
  return any || std::any_of(tags.begin(), tags.end(),
                            [&](const EntityTag& each) { return each.value == tag.value; });
}

EntityTagList ParseEntityTags(const std::vector<std::string_view>& fields) {
  EntityTagList list;
  for (std::string_view field : fields) {
    while (!field.empty()) {
      field = kratos::internal::Trim(field);
      EntityTag tag;
      const bool taken = TakeTag(&field, &tag);
      // What stands before the next comma now is no part of a tag.
      const auto comma = std::min(field.find(','), field.size());
      const std::string_view rest = kratos::internal::Trim(field.substr(0, comma));
      if (taken && rest.empty()) list.tags.push_back(std::move(tag));
      if (!taken && rest == "*") list.any = true;
      field.remove_prefix(std::min(comma + 1, field.size()));
    }
  }
  return list;
}

}  // namespace kratos::http
