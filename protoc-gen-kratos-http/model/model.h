// What the plugin knows about one .proto file: plain values without descriptors, and without any
// C++ spelling.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "kratos/route/path_template.h"
#include "model/rule.h"
#include "names/declared_names.h"
#include "source/source_info.h"

namespace kratos::plugin {

/// A message type as an rpc or a field names it.
struct MessageType {
  std::string full_name;
  std::string package;
  /// From the outermost message inwards: {"Outer", "Inner"}.
  std::vector<std::string> nesting;
  /// The file that declares it.
  std::string file;
  bool deprecated = false;
  /// Declared under `optimize_for = LITE_RUNTIME`: its C++ class has no reflection.
  bool lite = false;

  bool IsHttpBody() const { return full_name == "google.api.HttpBody"; }
  bool operator==(const MessageType&) const = default;
};

/// One field on a field path, or the one that `body` or `response_body` names.
struct Field {
  std::string name;
  int number = 0;
  bool repeated = false;
  bool map = false;
  bool deprecated = false;
  /// The oneof it belongs to (never the synthetic one of a proto3 `optional`), or empty.
  std::string oneof;
  /// Set for messages and groups.
  std::optional<MessageType> message;
  /// Another field of the message has the same name in camel case.
  bool camel_case_clash = false;

  bool IsSingularMessage() const { return !repeated && message.has_value(); }
  bool IsSingularHttpBody() const { return IsSingularMessage() && message->IsHttpBody(); }
  bool operator==(const Field&) const = default;
};

/// A dotted path of proto field names, resolved as far as it goes.
struct FieldPath {
  enum class Outcome {
    kResolved,
    kUnknownField,    ///< names[fields.size()] is no field of `stopped_in`
    kThroughScalar,   ///< the last resolved field holds no message to step into
    kThroughRepeated  ///< the last resolved field is a list or a map, and the path goes on
  };
  std::vector<std::string> names;
  std::vector<Field> fields;
  Outcome outcome = Outcome::kResolved;
  /// The message in which resolution stopped, and its field names. (For a path that leads to a
  /// message: those of its fields that a longer one could bind.)
  std::string stopped_in;
  std::vector<std::string> candidates;

  /// "book.name".
  std::string Text() const;
  bool operator==(const FieldPath&) const = default;
};

/// What `body` or `response_body` says.
struct BodyRule {
  enum class Kind { kNone, kWhole, kField, kUnresolved };
  Kind kind = Kind::kNone;
  SourceText source;
  /// Set for kField.
  std::optional<Field> field;
  /// For kUnresolved: the fields there are.
  std::vector<std::string> candidates;

  /// What the runtime is told: "", "*" or the field's name.
  std::string Text() const;
  bool operator==(const BodyRule&) const = default;
};

/// How a binding carries the messages of its rpc; kratos::http::StreamKind, on which it is printed.
enum class StreamKind {
  kUnary,
  kServer,
  kClient,  ///< over a WebSocket, opened with GET
  kUpload,  ///< google.api.HttpBody: the request's own body, or a WebSocket as for kClient
  kBidi     ///< over a WebSocket, opened with GET
};

/// One way to reach an rpc over HTTP.
struct Binding {
  /// "GET", upper case; "*" for any.
  std::string http_method;
  /// "get", "custom"; empty when the rule has no pattern.
  std::string pattern;
  /// The path that is served; source.text is what the rule says (they differ for default paths).
  std::string path;
  SourceText source;
  /// Exactly one of the two is set.
  std::optional<route::PathTemplate> path_template;
  std::optional<route::ParseError> path_error;
  /// One for each variable of the template.
  std::vector<FieldPath> variables;
  BodyRule body;
  /// kNone as well where the rule's `response_body` has no effect: on messages that stream or
  /// travel over a WebSocket. `rule` keeps what was written.
  BodyRule response_body;
  StreamKind stream = StreamKind::kUnary;
  /// The rule it was built from; a default one for rpcs without a rule.
  Rule rule;
  /// 0 for the primary, 1.. for additional_bindings in order.
  std::size_t index = 0;
  /// Made up for an rpc without a rule (omitempty=false).
  bool implied = false;

  /// True when the client's messages stream, one by one.
  bool TakesStream() const;
  /// True when every request is a WebSocket's handshake, a GET whatever the rule's method.
  bool IsWebSocketOnly() const;
  /// On client streams, the field that each message is: the one `body` names, when it holds a
  /// message. Null: each is a whole request.
  const Field* StreamedField() const;
  bool operator==(const Binding&) const = default;
};

enum class Streaming { kUnary, kClient, kServer, kBidirectional };

struct Method {
  std::string name;
  std::string full_name;
  /// "/package.Service/Method".
  std::string operation;
  MessageType request;
  MessageType reply;
  /// Names of the request's singular and repeated google.api.HttpBody fields.
  std::vector<std::string> http_body_fields;
  Streaming streaming = Streaming::kUnary;
  bool deprecated = false;
  Comments comments;
  Location location;
  /// Primary first; empty without a rule (unless omitempty=false).
  std::vector<Binding> bindings;

  /// True when HTTP code is generated for it.
  bool HasHttp() const { return !bindings.empty(); }
  bool TakesStream() const {
    return streaming == Streaming::kClient || streaming == Streaming::kBidirectional;
  }
  bool GivesStream() const {
    return streaming == Streaming::kServer || streaming == Streaming::kBidirectional;
  }
  bool operator==(const Method&) const = default;
};

struct Service {
  std::string name;
  std::string full_name;
  bool deprecated = false;
  Comments comments;
  Location location;
  std::vector<Method> methods;

  bool HasHttp() const;
  /// True when one of the rpcs with HTTP code streams.
  bool HasHttpStreams() const;
  bool operator==(const Service&) const = default;
};

/// The type of a value in JSON, as the C++ class keeps it.
struct JsonType {
  enum class Kind {
    kBool,
    kInt32,
    kInt64,
    kUint32,
    kUint64,
    kFloat,
    kDouble,
    kEnum,
    kString,  ///< bytes too
    kMessage
  };
  Kind kind = Kind::kBool;
  /// For kMessage and kEnum.
  MessageType type;

  bool operator==(const JsonType&) const = default;
};

/// A field that the JSON codec gets at through accessors.
struct JsonField {
  enum class Shape { kSingular, kList, kMap };
  std::string name;
  int number = 0;
  Shape shape = Shape::kSingular;
  JsonType::Kind key = JsonType::Kind::kString;  ///< of a map
  JsonType value;
  bool presence = false;
  bool deprecated = false;

  bool operator==(const JsonField&) const = default;
};

/// A message type that travels as JSON.
struct JsonMessage {
  MessageType type;
  std::vector<JsonField> fields;

  bool operator==(const JsonMessage&) const = default;
};

struct File {
  /// As imported: "helloworld/greeter.proto".
  std::string path;
  std::string package;
  std::vector<Service> services;
  /// Every name that protoc's own C++ output (or a service of an imported file) declares in the
  /// same namespace.
  NameSet taken_names;
  /// It, or an import, declares something called `kratos` where the runtime's namespace is.
  bool hides_runtime = false;
  /// Variables, which a local name could hide.
  NameSet extensions;
  /// Empty with json=reflection.
  std::vector<JsonMessage> json_messages;

  bool operator==(const File&) const = default;
};

/// One line for each service, method and binding; for tests and debugging.
std::string DebugString(const File& file);

}  // namespace kratos::plugin
