// What docs/guide/errors.md quotes of generated errors.
#include <cstdio>
#include <string>

#include "kratos/errors/errors.h"
#include "reasons.errors.pb.h"

namespace {

kratos::Status FindBook(const std::string& name, int shelf) {
  // [make]
  if (name.empty()) return bookshop::ErrorBookMissing("no book {} on shelf {}", name, shelf);
  return bookshop::ErrorShelfFull("shelf {} is full", shelf).WithMetadata("shelf", "7");
  // [make]
}

}  // namespace

int main() {
  const kratos::Status status = FindBook("", 7);
  // [tell]
  if (bookshop::IsBookMissing(status)) std::printf("%s\n", status.message().c_str());
  // [tell]
  return bookshop::IsBookMissing(status) && bookshop::IsShelfFull(FindBook("x", 7)) ? 0 : 1;
}
