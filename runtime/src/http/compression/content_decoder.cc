#include "http/compression/content_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "http/list_field.h"
#include "kratos/errors/errors.h"

namespace kratos::http {

namespace {
// What one stage hands to the next at a time.
constexpr std::size_t kPiece = 64 * 1024;
}  // namespace

kratos::Result<std::unique_ptr<ContentDecoder>> ContentDecoder::Create(const Metadata& headers,
                                                                       std::size_t limit) {
  std::vector<std::string_view> names;
  ForEachElement(headers, "Content-Encoding", [&](std::string_view name) {
    if (!EqualsIgnoreCase(name, "identity")) names.push_back(name);
  });
  if (names.empty()) return std::unique_ptr<ContentDecoder>();
  if (names.size() > kMaxCodings) {
    return Error(415, kReasonUnsupportedMediaType,
                 fmt::format("the body has more than {} content codings", kMaxCodings));
  }
  std::unique_ptr<ContentDecoder> decoder(new ContentDecoder(limit));
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    const auto coding = FindCoding(*name);
    if (!coding) {
      return Error(415, kReasonUnsupportedMediaType,
                   fmt::format("the Content-Encoding \"{}\" is not understood", *name));
    }
    decoder->stages_.push_back({*coding, MakeDecompressor(*coding)});
  }
  return decoder;
}

Status ContentDecoder::Feed(std::string_view input, std::string* out) { return Run(0, input, out); }

Status ContentDecoder::Run(std::size_t index, std::string_view input, std::string* out) {
  Stage& stage = stages_[index];
  const bool last = index + 1 == stages_.size();
  std::string piece;
  auto state = Decompressor::State::kFull;
  while (state == Decompressor::State::kFull) {
    // One byte above the limit tells that there is more.
    std::size_t room =
        limit_ == 0 ? std::numeric_limits<std::size_t>::max() - 1 : limit_ - stage.produced + 1;
    if (!last) room = std::min(room, kPiece);
    std::string* to = last ? out : &piece;
    const std::size_t old = to->size();
    state = stage.decompressor->Feed(&input, to, room);
    stage.produced += to->size() - old;
    if (state == Decompressor::State::kBad) {
      return BadRequest(kReasonCodec,
                        fmt::format("the body is not valid {}", CodingName(stage.coding)));
    }
    if (limit_ != 0 && stage.produced > limit_) {
      return Error(413, kReasonTooLarge,
                   fmt::format("the decompressed body is longer than {} bytes", limit_));
    }
    if (last) continue;
    if (Status status = Run(index + 1, piece, out); !status.ok()) return status;
    piece.clear();
  }
  return {};
}

Status ContentDecoder::Finish() const {
  for (const Stage& stage : stages_) {
    if (!stage.decompressor->Complete()) {
      return BadRequest(kReasonCodec, fmt::format("the body ends before its {} data do",
                                                  CodingName(stage.coding)));
    }
  }
  return {};
}

}  // namespace kratos::http
