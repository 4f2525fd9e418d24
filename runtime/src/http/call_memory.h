// What one call after the other uses again.
#pragma once

#include <google/protobuf/arena.h>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fiber/free_list.h"
#include "kratos/context/context.h"
#include "kratos/form/form.h"

namespace kratos::http {

/// Memory for the small things of a call: most messages fit into its arena's first block, the texts
/// about the transport are as long as those of the call before.
struct CallMemory {
  static constexpr std::size_t kArenaBlock = 4096;

  CallMemory() {}  // NOLINT(modernize-use-equals-default): the block's bytes are left as they are.
  alignas(std::max_align_t) char arena_block[kArenaBlock];
  std::vector<form::Pair> vars;
  TransportInfo transport;
};

/// Has one from the thread's store, and gives it back.
class CallMemoryLease {
 public:
  CallMemoryLease() : memory_(Kept::Take()) {
    memory_->vars.clear();
    TransportInfo& transport = memory_->transport;
    transport.side = TransportInfo::Side::kNone;
    for (std::string* text :
         {&transport.kind, &transport.endpoint, &transport.operation, &transport.path_template,
          &transport.peer, &transport.http_method, &transport.http_path})
      text->clear();
    transport.request_stream = transport.reply_stream = false;
  }
  ~CallMemoryLease() { Kept::Give(std::move(memory_)); }
  CallMemoryLease(const CallMemoryLease&) = delete;
  CallMemoryLease& operator=(const CallMemoryLease&) = delete;

  CallMemory& operator*() const { return *memory_; }

  google::protobuf::ArenaOptions ArenaOptions() const {
    google::protobuf::ArenaOptions options;
    options.initial_block = memory_->arena_block;
    options.initial_block_size = CallMemory::kArenaBlock;
    return options;
  }

 private:
  using Kept = fiber::FreeList<CallMemory, 64>;
  std::unique_ptr<CallMemory> memory_;
};

}  // namespace kratos::http
