#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kratos/log/handler.h"
#include "kratos/metadata/metadata.h"

namespace kratos::log {

namespace {

constexpr std::string_view kMask = "***";

class FilteringHandler final : public Handler {
 public:
  FilteringHandler(std::shared_ptr<Handler> next, FilterOptions options)
      : next_(std::move(next)), options_(std::move(options)) {
    std::erase(options_.values, "");
    // The longer of two secrets first, so that none shows what follows the other.
    std::stable_sort(options_.values.begin(), options_.values.end(),
                     [](const auto& a, const auto& b) { return a.size() > b.size(); });
  }

  bool Enabled(const Context* ctx, Level level) const override {
    return next_->Enabled(ctx, level);
  }

  void Handle(const Context* ctx, Record record) override {
    HideValues(&record.message);
    HideIn(&record.attributes, "");
    if (options_.drop && options_.drop(ctx, record)) return;
    next_->Handle(ctx, std::move(record));
  }

 private:
  void HideIn(std::vector<Attribute>* attributes, std::string_view prefix) const {
    for (Attribute& attribute : *attributes) {
      const std::string path = std::string(prefix) + attribute.key;
      const bool hidden =
          std::any_of(options_.keys.begin(), options_.keys.end(), [&](const std::string& key) {
            return EqualsIgnoreCase(key, attribute.key) || EqualsIgnoreCase(key, path);
          });
      if (hidden) {
        attribute.value = kMask;
      } else if (auto* group = attribute.value.group()) {
        HideIn(group, path + '.');
      } else if (auto* text = attribute.value.text()) {
        HideValues(text);
      }
    }
  }

  void HideValues(std::string* text) const {
    for (const std::string& secret : options_.values) {
      for (std::size_t at = text->find(secret); at != std::string::npos;
           at = text->find(secret, at + kMask.size())) {
        text->replace(at, secret.size(), kMask);
      }
    }
  }

  const std::shared_ptr<Handler> next_;
  FilterOptions options_;
};

}  // namespace

std::shared_ptr<Handler> WithFilter(std::shared_ptr<Handler> next, FilterOptions options) {
  if (options.keys.empty() && options.values.empty() && !options.drop) return next;
  return std::make_shared<FilteringHandler>(std::move(next), std::move(options));
}

}  // namespace kratos::log
