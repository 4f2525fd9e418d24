// The format of a generated error is checked against its arguments.
#include "errors/reasons/in.errors.pb.h"

kratos::Error Missing(int shelf) {
#ifdef KRATOS_MUST_FAIL
  return golden::reasons::ErrorUserNotFound("nobody in {} of {}", shelf);
#else
  return golden::reasons::ErrorUserNotFound("nobody in {}", shelf);
#endif
}
