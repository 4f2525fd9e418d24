// JSON in and out of a page of 20 items, about 3 kB: kratos::json with the accessors that generated
// code registers, the same by reflection, protobuf's own JSON, and protobuf's binary format.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/json_util.h>

#include "kratos/json/json.h"
#include "page.pb.h"

namespace {

using google::protobuf::Message;
using kratos::bench::Page;

Page MakePage() {
  Page page;
  for (int i = 0; i < 20; ++i) {
    auto& item = *page.add_items();
    item.set_name("shelves/17/books/" + std::to_string(4000 + i));
    item.set_title("A book about number " + std::to_string(i));
    item.set_size_bytes(std::int64_t{123456} * (i + 1));
    item.set_price(9.5 + i);
    item.set_public_(i % 3 == 0);
    item.set_state(kratos::bench::STATE_ACTIVE);
    item.add_tags("fiction");
    item.mutable_owner()->set_display_name("Ann Author");
    item.mutable_create_time()->set_seconds(1'700'000'000 + i);
    item.set_revision(i);
  }
  page.set_next_page_token("CAESBgoEdGVzdA");
  page.set_total_size(2000);
  return page;
}

// The same message as a class without generated code, which leaves only reflection.
std::unique_ptr<Message> MakeDynamic(const Page& page) {
  static google::protobuf::DynamicMessageFactory factory;
  std::unique_ptr<Message> copy(factory.GetPrototype(Page::descriptor())->New());
  copy->ParseFromString(page.SerializeAsString());
  return copy;
}

std::string Text(const Message& message) {
  std::string text;
  if (kratos::json::Encode(message, {}, &text)) std::abort();
  return text;
}

void Encode(benchmark::State& state, const Message& message) {
  std::size_t bytes = 0;
  for (auto _ : state) {
    std::string out;
    if (kratos::json::Encode(message, {}, &out)) std::abort();
    bytes += out.size();
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

void Decode(benchmark::State& state, const Message& prototype) {
  const std::string text = Text(prototype);
  for (auto _ : state) {
    const std::unique_ptr<Message> message(prototype.New());
    if (kratos::json::Decode(text, {}, message.get())) std::abort();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}

void BM_EncodeGenerated(benchmark::State& state) { Encode(state, MakePage()); }
void BM_EncodeReflection(benchmark::State& state) { Encode(state, *MakeDynamic(MakePage())); }

void BM_EncodeProtobuf(benchmark::State& state) {
  const Page page = MakePage();
  google::protobuf::util::JsonPrintOptions options;
#if GOOGLE_PROTOBUF_VERSION >= 5026000
  options.always_print_fields_with_no_presence = true;
#else
  options.always_print_primitive_fields = true;
#endif
  std::size_t bytes = 0;
  for (auto _ : state) {
    std::string out;
    if (!google::protobuf::util::MessageToJsonString(page, &out, options).ok()) std::abort();
    bytes += out.size();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

void BM_EncodeBinary(benchmark::State& state) {
  const Page page = MakePage();
  for (auto _ : state) {
    std::string out;
    page.SerializeToString(&out);
    benchmark::DoNotOptimize(out.data());
  }
}

void BM_DecodeGenerated(benchmark::State& state) { Decode(state, MakePage()); }
void BM_DecodeReflection(benchmark::State& state) { Decode(state, *MakeDynamic(MakePage())); }

void BM_DecodeProtobuf(benchmark::State& state) {
  const std::string text = Text(MakePage());
  for (auto _ : state) {
    Page page;
    if (!google::protobuf::util::JsonStringToMessage(text, &page).ok()) std::abort();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}

void BM_DecodeBinary(benchmark::State& state) {
  const std::string bytes = MakePage().SerializeAsString();
  for (auto _ : state) {
    Page page;
    if (!page.ParseFromString(bytes)) std::abort();
  }
}

BENCHMARK(BM_EncodeGenerated);
BENCHMARK(BM_EncodeReflection);
BENCHMARK(BM_EncodeProtobuf);
BENCHMARK(BM_EncodeBinary);
BENCHMARK(BM_DecodeGenerated);
BENCHMARK(BM_DecodeReflection);
BENCHMARK(BM_DecodeProtobuf);
BENCHMARK(BM_DecodeBinary);

}  // namespace

BENCHMARK_MAIN();
