// Codecs: how a message becomes bytes of a media type and back, found by the subtype
// (application/<name>).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kratos/errors/status.h"
#include "kratos/json/json.h"
#include "kratos/metadata/metadata.h"

namespace kratos::codec {

/// The emit style. Codecs that follow the JSON mapping (json, xml, yaml) heed all of it, the others
/// what applies to them.
using EncodeOptions = json::EncodeOptions;
using DecodeOptions = json::DecodeOptions;

/// Encodes and decodes one media type. Implementations are stateless or synchronised: they are
/// called from many threads.
class Codec {
 public:
  virtual ~Codec() = default;
  /// The subtype it is registered under and that its answers carry: "json" for application/json.
  /// Lower case.
  virtual std::string_view name() const = 0;
  /// Appends `message`, or with `field` not null that field's value alone (message, scalar, list or
  /// map; what `response_body` names), to `out`. On error `out` is left as it was.
  virtual Status Encode(const google::protobuf::Message& message,
                        const google::protobuf::FieldDescriptor* field,
                        const EncodeOptions& options, std::string* out) const = 0;
  /// Reads `text` into `message`, or with `field` not null into that field (what `body` names).
  /// Fails with 400 CODEC naming what was wrong and where.
  virtual Status Decode(std::string_view text, const google::protobuf::FieldDescriptor* field,
                        const DecodeOptions& options, google::protobuf::Message* message) const = 0;
};

/// A set of codecs by name. Fill it, then share it; lookups are thread-safe once nothing registers
/// any more.
class Registry {
 public:
  /// An empty registry.
  Registry() = default;
  /// json, protojson, proto, x-www-form-urlencoded (also as "form"), xml, yaml, with common aliases
  /// (x-protobuf, x-yaml).
  static Registry WithDefaults();

  /// Adds `codec` under its name, replacing an earlier one.
  void Register(std::shared_ptr<const Codec> codec);
  /// Adds another name that requests may use for it.
  void Alias(std::string_view alias, std::string_view name);
  /// The codec registered under `subtype` in any case, or null. The structured suffixes +json,
  /// +xml, +yaml and +proto count.
  const Codec* Find(std::string_view subtype) const;
  /// "application/json", ... in order of registration, aliases left out; the content of an
  /// Accept-Post field.
  std::vector<std::string> MediaTypes() const;
  /// "application/<name>" of a registered codec; valid until the next Register.
  std::string_view MediaTypeOf(const Codec& codec) const;
  /// The one registered first, or null.
  const Codec* First() const;

 private:
  struct Registered {
    std::shared_ptr<const Codec> codec;
    std::string media_type;
  };
  std::vector<Registered> codecs_;
  std::vector<std::pair<std::string, const Codec*>> names_;
};

/// The parts of one media type (RFC 9110, 8.3.1), lower-cased, parameters apart.
struct MediaType {
  std::string type;
  std::string subtype;
  /// Of the `charset` parameter, lower-cased, unquoted; empty when absent.
  std::string charset;
};

/// Parses a Content-Type value; nothing when it is no media type.
std::optional<MediaType> ParseMediaType(std::string_view text);

/// Chooses the reply's codec by the Accept fields (RFC 9110, 12.5.1): q-values, wildcards,
/// specificity, order. Null when there is no field or nothing acceptable is registered: the caller
/// falls back to JSON.
const Codec* Negotiate(const Registry& registry,
                       const std::vector<std::string_view>& accept_fields);
/// The same for the fields of a request; allocates nothing where one field names one range.
const Codec* Negotiate(const Registry& registry, const Metadata& request_header);

/// The Codecs by themselves, for registries built by hand.
std::shared_ptr<const Codec> JsonCodec(std::string name = "json");
std::shared_ptr<const Codec> ProtoCodec();
std::shared_ptr<const Codec> FormCodec();
std::shared_ptr<const Codec> XmlCodec();
std::shared_ptr<const Codec> YamlCodec();

}  // namespace kratos::codec
