// Any query is read or refused; what it makes can be written, and read again to the same message.
#include <google/protobuf/util/message_differencer.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "form_test.pb.h"
#include "kratos/form/form.h"

using kratos::form::test::Everything;

namespace {

/// NaN equals itself here.
bool Same(const Everything& a, const Everything& b) {
  return a.SerializeAsString() == b.SerializeAsString() ||
         google::protobuf::util::MessageDifferencer::Equals(a, b) ||
         a.DebugString() == b.DebugString();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view query(reinterpret_cast<const char*>(data), size);
  const auto pairs = kratos::form::ParseQuery(query);
  if (!pairs.ok()) return 0;
  if (*kratos::form::ParseQuery(kratos::form::FormatQuery(*pairs)) != *pairs) std::abort();

  Everything message;
  if (!kratos::form::Bind(*pairs, {}, &message).ok()) return 0;
  const auto written = kratos::form::ToPairs(message);
  // A time out of range, set by its fields, has no text; nor has a map's key with "].".
  if (!written.ok()) return 0;
  Everything again;
  if (!kratos::form::Bind(*written, {}, &again).ok()) std::abort();
  // Empty sub-messages are not written, so compare what is written, then whole messages from there
  // on.
  const auto rewritten = kratos::form::ToPairs(again);
  if (!rewritten.ok() || *rewritten != *written) std::abort();
  Everything third;
  if (!kratos::form::Bind(*rewritten, {}, &third).ok() || !Same(again, third)) std::abort();
  return 0;
}
