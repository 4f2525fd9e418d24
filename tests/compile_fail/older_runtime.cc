// Generated code is newer than the runtime it is compiled against: with KRATOS_MUST_FAIL an older
// interface.h comes first.
#include "e2e.http.pb.h"

int main() {}
