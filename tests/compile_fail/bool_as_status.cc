// "return false" is no outcome of a call.
#include "kratos/errors/errors.h"

kratos::Status Check(bool good) {
#ifdef KRATOS_MUST_FAIL
  return good;
#else
  if (good) return {};
  return kratos::BadRequest("BAD", "not good");
#endif
}
