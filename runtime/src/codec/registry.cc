#include <algorithm>

#include "kratos/codec/codec.h"
#include "kratos/metadata/metadata.h"
#include "metadata/ascii.h"

namespace kratos::codec {

using kratos::internal::ToLower;

Registry Registry::WithDefaults() {
  Registry registry;
  registry.Register(JsonCodec());
  registry.Register(JsonCodec("protojson"));
  registry.Register(ProtoCodec());
  registry.Register(FormCodec());
  registry.Register(XmlCodec());
  registry.Register(YamlCodec());
  registry.Alias("x-protobuf", "proto");
  registry.Alias("protobuf", "proto");
  registry.Alias("vnd.google.protobuf", "proto");
  registry.Alias("x-google-protobuf", "proto");
  registry.Alias("form", "x-www-form-urlencoded");
  registry.Alias("x-yaml", "yaml");
  return registry;
}

void Registry::Register(std::shared_ptr<const Codec> codec) {
  const Codec* const added = codec.get();
  const std::string name = ToLower(added->name());
  const auto old = std::find_if(codecs_.begin(), codecs_.end(), [&](const auto& registered) {
    return EqualsIgnoreCase(registered.codec->name(), name);
  });
  std::string media_type = "application/" + std::string(added->name());
  if (old == codecs_.end()) {
    codecs_.push_back({std::move(codec), std::move(media_type)});
  } else {
    // Aliases of the old one now mean the new one.
    for (auto& [alias, target] : names_) {
      if (target == old->codec.get()) target = added;
    }
    *old = {std::move(codec), std::move(media_type)};
  }
  // The name itself may so far have been an alias of another codec.
  for (auto& [known, target] : names_) {
    if (known == name) {
      target = added;
      return;
    }
  }
  names_.emplace_back(name, added);
}

void Registry::Alias(std::string_view alias, std::string_view name) {
  const Codec* const target = Find(name);
  if (target == nullptr) return;
  for (auto& [known, codec] : names_) {
    if (EqualsIgnoreCase(known, alias)) {
      codec = target;
      return;
    }
  }
  names_.emplace_back(ToLower(alias), target);
}

const Codec* Registry::Find(std::string_view subtype) const {
  const auto exact = [this](std::string_view name) -> const Codec* {
    for (const auto& [known, codec] : names_) {
      if (EqualsIgnoreCase(known, name)) return codec;
    }
    return nullptr;
  };
  if (const Codec* codec = exact(subtype)) return codec;
  const std::size_t plus = subtype.rfind('+');
  if (plus == std::string_view::npos) return nullptr;
  const std::string_view suffix = subtype.substr(plus + 1);
  for (const std::string_view structured : {"json", "xml", "yaml", "proto"}) {
    if (EqualsIgnoreCase(suffix, structured)) return exact(structured);
  }
  return nullptr;
}

std::vector<std::string> Registry::MediaTypes() const {
  std::vector<std::string> types;
  for (const auto& registered : codecs_) types.push_back(registered.media_type);
  return types;
}

std::string_view Registry::MediaTypeOf(const Codec& codec) const {
  for (const auto& registered : codecs_) {
    if (registered.codec.get() == &codec) return registered.media_type;
  }
  return {};
}

const Codec* Registry::First() const {
  return codecs_.empty() ? nullptr : codecs_.front().codec.get();
}

}  // namespace kratos::codec
