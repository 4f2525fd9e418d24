#include "kratos/log/handler.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "kratos/log/context.h"
#include "log/format.h"

namespace kratos::log {

namespace {

class FileWriter final : public Writer {
 public:
  explicit FileWriter(std::FILE* file) : file_(file) {}
  void Write(Level level, std::string_view line) override {
    std::fwrite(line.data(), 1, line.size(), file_);
    if (level >= Level::kError) std::fflush(file_);
  }

 private:
  std::FILE* const file_;
};

class ExtractingHandler final : public Handler {
 public:
  ExtractingHandler(std::shared_ptr<Handler> next, Extractor extractor)
      : next_(std::move(next)), extractor_(std::move(extractor)) {}

  bool Enabled(const Context* ctx, Level level) const override {
    return next_->Enabled(ctx, level);
  }

  void Handle(const Context* ctx, Record record) override {
    if (ctx != nullptr) {
      std::vector<Attribute> found;
      extractor_(*ctx, &found);
      std::erase_if(found, [&record](const Attribute& attribute) {
        return std::any_of(record.attributes.begin(), record.attributes.end(),
                           [&](const Attribute& known) { return known.key == attribute.key; });
      });
      record.attributes.insert(record.attributes.begin(), std::make_move_iterator(found.begin()),
                               std::make_move_iterator(found.end()));
    }
    next_->Handle(ctx, std::move(record));
  }

 private:
  const std::shared_ptr<Handler> next_;
  const Extractor extractor_;
};

class LineHandler final : public Handler {
 public:
  explicit LineHandler(HandlerOptions options) : options_(std::move(options)) {
    if (options_.writer == nullptr) options_.writer = MakeFileWriter(stderr);
  }

  bool Enabled(const Context*, Level level) const override {
    return level >= (options_.level_var != nullptr ? options_.level_var->Get() : options_.level);
  }

  void Handle(const Context*, Record record) override {
    const auto format = options_.format == Format::kJson ? FormatJson : FormatText;
    options_.writer->Write(record.level, format(record, options_.add_source, options_.replace));
  }

 private:
  HandlerOptions options_;
};

}  // namespace

bool Handler::Enabled(const Context*, Level) const { return true; }

std::shared_ptr<Writer> MakeFileWriter(std::FILE* file) {
  return std::make_shared<FileWriter>(file);
}

std::shared_ptr<Handler> WithExtractor(std::shared_ptr<Handler> next, Extractor extractor) {
  if (!extractor) return next;
  return std::make_shared<ExtractingHandler>(std::move(next), std::move(extractor));
}

std::vector<Extractor> HandlerOptions::DefaultExtractors() { return {CallAttributes}; }

std::shared_ptr<Handler> MakeHandler(HandlerOptions options) {
  FilterOptions filter = std::exchange(options.filter, {});
  std::vector<Extractor> extractors = std::exchange(options.extractors, {});
  std::shared_ptr<Handler> handler = std::make_shared<LineHandler>(std::move(options));
  handler = WithFilter(std::move(handler), std::move(filter));
  // Each puts its attributes in front: the first extractor, whose come first, runs last.
  for (Extractor& extractor : extractors)
    handler = WithExtractor(std::move(handler), std::move(extractor));
  return handler;
}

}  // namespace kratos::log
