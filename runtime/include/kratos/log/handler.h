// Where records go: handlers, and what can be put in front of them.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <source_location>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kratos/log/attribute.h"
#include "kratos/log/level.h"

namespace kratos {
class Context;
}  // namespace kratos

namespace kratos::log {

/// One thing that happened.
struct Record {
  std::chrono::system_clock::time_point time{};
  Level level = Level::kInfo;
  std::string message{};
  /// The context's attributes, then the logger's, then the call's; groups are nested already.
  std::vector<Attribute> attributes{};
  /// The line that logged it.
  std::source_location source{};
};

/// Receives records. Called from many threads at once; what it throws is dropped by the logger.
/// `ctx` is the call the record belongs to, or null; it is not to be kept.
class Handler {
 public:
  virtual ~Handler() = default;
  /// False spares the caller the making of a record. Default: true.
  virtual bool Enabled(const Context* ctx, Level level) const;
  virtual void Handle(const Context* ctx, Record record) = 0;
};

/// Takes finished lines. Called from many threads at once.
class Writer {
 public:
  virtual ~Writer() = default;
  /// `line` ends with its only line break.
  virtual void Write(Level level, std::string_view line) = 0;
};

/// Writes lines to `file`, each with one call so that they stay whole. `file` must outlive it.
std::shared_ptr<Writer> MakeFileWriter(std::FILE* file);

/// What a filter hides or drops.
struct FilterOptions {
  /// Attributes whose value becomes "***": a bare key ("password", wherever it stands) or the
  /// dotted path through groups ("user.token"). Compared without case. A group is hidden whole.
  std::vector<std::string> keys{};
  /// Secrets: wherever one occurs in a text value or in the message, "***" stands instead. Empty
  /// ones are ignored.
  std::vector<std::string> values{};
  /// True drops the record, which it sees with secrets hidden. Default: none is dropped.
  std::function<bool(const Context* ctx, const Record& record)> drop{};
};

/// Hides secrets in front of `next`; without options `next` itself.
std::shared_ptr<Handler> WithFilter(std::shared_ptr<Handler> next, FilterOptions options);

/// Appends attributes that it reads from the call's context.
using Extractor = std::function<void(const Context& ctx, std::vector<Attribute>* out)>;

/// Adds what `extractor` finds in front of the record's attributes; a key the record already has at
/// its top stays as it is. Records without a context pass unchanged.
std::shared_ptr<Handler> WithExtractor(std::shared_ptr<Handler> next, Extractor extractor);

enum class Format : std::uint8_t {
  /// `time=2006-01-02T15:04:05.000Z level=INFO msg="a b" key=value group.key=value`. A value with
  /// blanks, quotes or control characters is quoted, so that nobody can forge a line.
  kText,
  /// `{"time":"...","level":"INFO","msg":"a b","key":"value","group":{"key":"value"}}`
  kJson,
};

/// How MakeHandler's handler writes.
struct HandlerOptions {
  Format format = Format::kText;
  /// Null: stderr.
  std::shared_ptr<Writer> writer{};
  /// Less serious records are not written.
  Level level = Level::kInfo;
  /// When not null, asked instead of `level` at every record.
  std::shared_ptr<const LevelVar> level_var{};
  /// Adds `source`, a group of function, file and line. Default: off.
  bool add_source = false;
  /// May change an attribute (`groups` are the names around it); false leaves it out. Not asked
  /// about groups themselves, nor about time, level and message.
  std::function<bool(std::span<const std::string> groups, Attribute& attribute)> replace{};
  /// Applied to everything below, extracted attributes included.
  FilterOptions filter{};
  /// Default: CallAttributes.
  std::vector<Extractor> extractors = DefaultExtractors();

  static std::vector<Extractor> DefaultExtractors();
};

/// Writes records as lines: extractors, then filter, then format. Thread-safe.
std::shared_ptr<Handler> MakeHandler(HandlerOptions options = {});

}  // namespace kratos::log
