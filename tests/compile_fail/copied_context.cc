// A context belongs to one call: a handler can make a child, not a copy.
#include "kratos/context/context.h"

void Handle(kratos::Context& ctx) {
#ifdef KRATOS_MUST_FAIL
  kratos::Context other(ctx);
#else
  kratos::Context other(&ctx);
#endif
  other.Cancel();
}
