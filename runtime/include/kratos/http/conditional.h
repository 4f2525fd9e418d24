// Conditional requests and ranges (RFC 9110, 13 and 14): entity tags, 304, 412, 206 and 416.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kratos/errors/status.h"
#include "kratos/http/message.h"
#include "kratos/http/server.h"

namespace kratos::http {

class Context;

/// An entity tag (RFC 9110, 8.8.3). A strong one stands for exact bytes, a weak one for bytes that
/// mean the same.
struct EntityTag {
  /// What stands between the quotes.
  std::string value{};
  bool weak = false;

  /// `"value"` or `W/"value"`.
  std::string ToString() const;
  bool operator==(const EntityTag&) const = default;
};

/// A strong tag made of the bytes: 128 bits of their SHA-256 in hex, the same on every machine.
EntityTag StrongTag(std::string_view bytes);

/// Reads one tag; nothing when it is malformed.
std::optional<EntityTag> ParseEntityTag(std::string_view text);

/// The content of If-Match or If-None-Match.
struct EntityTagList {
  /// `*`
  bool any = false;
  std::vector<EntityTag> tags{};

  /// True for `*`, or when a tag of the list equals `tag` and neither is weak.
  bool MatchesStrongly(const EntityTag& tag) const;
  /// True for `*`, or when a tag of the list has the same value.
  bool MatchesWeakly(const EntityTag& tag) const;
};

/// Reads all values of a field. What is no tag is left out.
EntityTagList ParseEntityTags(const std::vector<std::string_view>& fields);

/// What is known about the state of a resource. A value type.
struct Validators {
  std::optional<EntityTag> etag{};
  /// Compared in whole seconds.
  std::optional<std::chrono::system_clock::time_point> last_modified{};
  /// False: there is no such resource yet, so `If-Match: *` fails and `If-None-Match: *` holds.
  bool exists = true;
};

enum class Precondition {
  kProceed,      ///< Answer as if there were no condition.
  kNotModified,  ///< 304: the client has it already (GET and HEAD).
  kFailed,       ///< 412: the client thinks of another state.
};

/// Evaluates If-Match, If-Unmodified-Since, If-None-Match and If-Modified-Since in the order of RFC
/// 9110, 13.2.2. Fields about a validator that is not known, and malformed dates, count for
/// nothing.
Precondition EvaluatePreconditions(const Request& request, const Validators& current);

/// Sets ETag and Last-Modified of the reply.
void SetValidators(Context& ctx, const Validators& current);

/// For GET and HEAD, before the work is done: sets the validators, and when the client's copy is
/// current answers 304 and returns true; the handler then returns OK. With other methods and
/// conditions it returns false.
bool NotModified(Context& ctx, const Validators& current);

/// For methods that change something, before they do: 412 PRECONDITION_FAILED when the client's
/// conditions do not hold for the current state.
Status CheckPreconditions(const Context& ctx, const Validators& current);

/// Options of Conditional and ServeBlob.
struct ConditionalOptions {
  /// The calls that the filter looks at, by operation or path. Must be thread-safe. Null: all.
  std::function<bool(const Context& ctx)> applies{};
  /// Replies without an ETag get StrongTag of their body. Default: on.
  bool make_etags = true;
  /// Answers Range. Default: on.
  bool ranges = true;
  /// A request for more ranges gets the whole body. Default 8.
  std::size_t max_ranges = 8;
};

/// A filter that answers conditions and ranges from finished replies: generated HttpBody replies,
/// other generated ones and hand-written routes alike. It looks at replies to GET and HEAD with
/// status 200 and a body, whose ETag and Last-Modified it heeds. It saves the transfer, not the
/// work: see NotModified for that.
///
/// Range (GET alone; RFC 9110, 14.2): one range is 206 with Content-Range, several are 206
/// multipart/byteranges, in the order asked for. Ranges that overlap, more than max_ranges of them,
/// an unknown unit, malformed syntax, or an If-Range that does not hold give the whole body. When
/// no range lies within the body: 416 RANGE_NOT_SATISFIABLE with `Content-Range: bytes */length`.
/// Ranges count the bytes before compression, and parts are never compressed.
Filter Conditional(ConditionalOptions options = {});

/// Answers with these bytes, conditions and ranges heeded: Context::Blob, and then what the filter
/// does. For hand-written routes. `options.applies` is not asked.
Status ServeBlob(Context& ctx, std::string_view content_type, std::string bytes,
                 const Validators& validators = {}, const ConditionalOptions& options = {});

}  // namespace kratos::http
