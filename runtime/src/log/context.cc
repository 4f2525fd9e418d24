#include "kratos/log/context.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "kratos/context/context.h"

namespace kratos::log {

namespace {

struct ContextAttributes {
  std::vector<Attribute> list;
};

// The attributes of `ctx` itself: Get finds an ancestor's as well.
ContextAttributes* Own(const Context& ctx) {
  auto* found = ctx.Get<ContextAttributes>();
  if (found != nullptr && ctx.parent() != nullptr &&
      ctx.parent()->Get<ContextAttributes>() == found)
    return nullptr;
  return found;
}

bool IsLowerHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsZero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

}  // namespace

void AddAttributes(Context& ctx, std::vector<Attribute> attributes) {
  ContextAttributes* own = Own(ctx);
  if (own == nullptr) {
    ctx.Set(ContextAttributes{std::move(attributes)});
    return;
  }
  std::move(attributes.begin(), attributes.end(), std::back_inserter(own->list));
}

std::vector<Attribute> AttributesOf(const Context& ctx) {
  std::vector<const ContextAttributes*> lists;
  for (const Context* c = &ctx; c != nullptr; c = c->parent()) {
    const auto* list = c->Get<ContextAttributes>();
    if (list == nullptr) break;  // Nor has any ancestor.
    if (lists.empty() || lists.back() != list) lists.push_back(list);
  }
  std::vector<Attribute> all;
  for (auto it = lists.rbegin(); it != lists.rend(); ++it)
    all.insert(all.end(), (*it)->list.begin(), (*it)->list.end());
  return all;
}

void CallAttributes(const Context& ctx, std::vector<Attribute>* out) {
  const Context* call = &ctx;
  while (call->parent() != nullptr && call->transport().side == TransportInfo::Side::kNone)
    call = call->parent();
  if (!call->transport().operation.empty())
    out->push_back({"operation", call->transport().operation});
  // 00-<32 hex digits>-<16>-<2>
  const std::string_view parent = call->request_header().Get("traceparent");
  if (parent.size() != 55 || !parent.starts_with("00-") || parent[35] != '-' || parent[52] != '-')
    return;
  const std::string_view trace = parent.substr(3, 32);
  const std::string_view span = parent.substr(36, 16);
  if (!IsLowerHex(trace) || !IsLowerHex(span) || !IsLowerHex(parent.substr(53)) || IsZero(trace) ||
      IsZero(span))
    return;
  out->push_back({"trace_id", trace});
  out->push_back({"span_id", span});
}

}  // namespace kratos::log
