#include "http/compression/coding.h"

#include "kratos/metadata/metadata.h"

namespace kratos::http {

namespace {

#ifdef KRATOS_HAVE_BROTLI
constexpr bool kHaveBrotli = true;
#else
constexpr bool kHaveBrotli = false;
#endif
#ifdef KRATOS_HAVE_ZSTD
constexpr bool kHaveZstd = true;
#else
constexpr bool kHaveZstd = false;
#endif

constexpr Coding kAll[] = {Coding::kIdentity, Coding::kGzip, Coding::kDeflate, Coding::kBrotli,
                           Coding::kZstd};

bool Available(Coding coding) {
  if (coding == Coding::kBrotli) return kHaveBrotli;
  if (coding == Coding::kZstd) return kHaveZstd;
  return true;
}

}  // namespace

std::string_view CodingName(Coding coding) {
  switch (coding) {
    case Coding::kIdentity:
      return "identity";
    case Coding::kGzip:
      return "gzip";
    case Coding::kDeflate:
      return "deflate";
    case Coding::kBrotli:
      return "br";
    case Coding::kZstd:
      return "zstd";
  }
  return "";
}

std::optional<Coding> FindCoding(std::string_view name) {
  if (EqualsIgnoreCase(name, "x-gzip")) return Coding::kGzip;
  for (const Coding coding : kAll) {
    if (Available(coding) && EqualsIgnoreCase(name, CodingName(coding))) return coding;
  }
  return std::nullopt;
}

const std::vector<Coding>& ReplyCodings() {
  static const std::vector<Coding> codings = [] {
    std::vector<Coding> list;
    for (const Coding coding : {Coding::kZstd, Coding::kBrotli, Coding::kGzip}) {
      if (Available(coding)) list.push_back(coding);
    }
    return list;
  }();
  return codings;
}

const std::string& AcceptedCodings() {
  static const std::string names = [] {
    std::string list;
    for (const Coding coding : kAll) {
      if (coding == Coding::kIdentity || !Available(coding)) continue;
      list.append(list.empty() ? "" : ", ").append(CodingName(coding));
    }
    return list;
  }();
  return names;
}

}  // namespace kratos::http
