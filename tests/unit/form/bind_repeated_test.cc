#include "unit/form/support.h"

namespace kratos::form::test {
namespace {

TEST_CASE("K15: maps in a query") {
  const Good good[] = {
      {"brackets", "labels[a]=x", "labels { key: 'a' value: 'x' }"},
      {"dot", "labels.a=x", "labels { key: 'a' value: 'x' }"},
      {"key with dots", "labels[a.b.c]=x", "labels { key: 'a.b.c' value: 'x' }"},
      {"key with brackets", "labels[a[0]]=x", "labels { key: 'a[0]' value: 'x' }"},
      {"empty key", "labels[]=x", "labels { key: '' value: 'x' }"},
      {"empty key after a dot", "labels.=x", "labels { key: '' value: 'x' }"},
      {"same key twice: last wins", "labels[a]=x&labels.a=y", "labels { key: 'a' value: 'y' }"},
      {"same number in two spellings", "byNumber[1]=x&byNumber[01]=y",
       "by_number { key: 1 value: 'y' }"},
      {"bool key", "by_flag[true]=1", "by_flag { key: true value: 1 }"},
      {"enum value", "palette[7]=BLUE", "palette { key: 7 value: BLUE }"},
      {"bytes value", "chunks[a]=-_8", "chunks { key: 'a' value: '\\373\\377' }"},
      {"message value", "leaves[a].name=x&leaves[a].size=3",
       "leaves { key: 'a' value { name: 'x' size: 3 } }"},
      {"message value after a dot", "leaves.a.name=x", "leaves { key: 'a' value { name: 'x' } }"},
      {"message value, key with dots", "leaves[a.b].name=x",
       "leaves { key: 'a.b' value { name: 'x' } }"},
      {"empty message value", "leaves[a]=", "leaves { key: 'a' value { } }"},
      {"well-known value", "times[a]=1970-01-01T00:00:01Z",
       "times { key: 'a' value { seconds: 1 } }"},
      {"sub-field of a well-known value", "times[a].seconds=2",
       "times { key: 'a' value { seconds: 2 } }"},
      {"in a sub-message", "sub.labels[a.b]=x&sub.labels.c=y",
       "sub { labels { key: 'a.b' value: 'x' } labels { key: 'c' value: 'y' } }"},
  };
  for (const Good& row : good) CheckGood(row);
  const Bad bad[] = {
      {"no key", "labels=x", "labels[key]"},
      {"key of the wrong type", "by_number[x]=y", "by_number[x]"},
      {"bool key", "by_flag[maybe]=1", "by_flag[maybe]"},
      {"value of the wrong type", "by_flag[true]=x", "by_flag[true]"},
      {"bracket not closed", "labels[a=x", "labels[]"},
      {"dots outside brackets", "labels.a.b=x", "labels[a]"},
      {"field of a scalar", "labels[a].x=y", "labels[]"},
      {"message as a leaf", "leaves[a]=x", "leaves[a]"},
      {"text between bracket and dot", "leaves[a]x.name=y", "leaves[]"},
      {"field given twice", "leaves[a].name=x&leaves.a.name=y", "leaves[a].name"},
      {"whole and by its fields", "times[a]=1970-01-01T00:00:01Z&times[a].seconds=2", "times[a]"},
  };
  for (const Bad& row : bad) CheckBad(row);
}

TEST_CASE("K15: lists in a query") {
  const Good good[] = {
      {"repeated", "words=a&words=b", "words: 'a' words: 'b'"},
      {"empty brackets", "words[]=a&words[]=b", "words: 'a' words: 'b'"},
      {"index", "words[0]=a&words[1]=b", "words: 'a' words: 'b'"},
      {"index tells the order", "words[1]=b&words[0]=a", "words: 'a' words: 'b'"},
      {"all forms", "words=a&words[]=b&words[0]=c", "words: 'a' words: 'b' words: 'c'"},
      {"commas do not split", "words=a,b", "words: 'a,b'"},
      {"numbers", "numbers=1&numbers=2", "numbers: 1 numbers: 2"},
      {"enums", "colors=RED&colors=5", "colors: RED colors: BLUE"},
      {"nested", "sub.tags=a&sub.tags=b", "sub { tags: 'a' tags: 'b' }"},
  };
  for (const Good& row : good) CheckGood(row);
  const Bad bad[] = {
      {"empty number", "numbers=1&numbers=", "numbers"},
      {"element", "numbers=1&numbers=x", "numbers"},
      {"indexed element", "numbers[3]=x", "numbers[3]"},
      {"negative index", "words[-1]=a", "words"},
      {"index is no number", "words[a]=a", "words"},
      {"huge index", "words[99999999999999999999]=a", "words"},
      {"bracket not closed", "words[0=a", "words"},
      {"step into a list", "words.x=a", "words"},
      {"step into an element", "words[0].x=a", "words[0]"},
      {"text after the bracket", "words[0]x=a", "words[0]"},
  };
  for (const Bad& row : bad) CheckBad(row);
}

TEST_CASE("K15: lists of messages in a query") {
  const Good good[] = {
      {"by index", "items[0].name=a&items[1].name=b", "items { name: 'a' } items { name: 'b' }"},
      {"in any order", "items[1].name=b&items[0].size=1&items[0].name=a",
       "items { name: 'a' size: 1 } items { name: 'b' }"},
      {"nested", "items[0].children[0].tags=x&items[0].children[1].next.name=y",
       "items { children { tags: 'x' } children { next { name: 'y' } } }"},
      {"empty element", "items[0]=&items[1].name=b", "items { } items { name: 'b' }"},
      {"well-known type by index", "whens[1].seconds=2&whens[0]=1970-01-01T00:00:01Z",
       "whens { seconds: 1 } whens { seconds: 2 }"},
  };
  for (const Good& row : good) CheckGood(row);
  const Bad bad[] = {
      {"gap", "items[0].name=a&items[2].name=c", "items"},
      {"gap at the start", "items[1].name=b", "items"},
      {"negative index", "items[-1].name=a", "items"},
      {"huge index", "items[1000].name=a", "items"},
      {"no index", "items.name=a", "items"},
      {"empty index", "items[].name=a", "items"},
      {"leaf", "items=a", "items"},
      {"leaf with an index", "items[0]=a", "items[0]"},
      {"given twice", "items[0].name=a&items[0].name=b", "items[0].name"},
      {"whole and by its fields", "items[0].name=a&items[0]=", "items[0]"},
      {"fault inside", "items[0].size=x", "items[0].size"},
      {"with and without an index", "whens[0].seconds=1&whens=1970-01-01T00:00:01Z", "whens"},
  };
  for (const Bad& row : bad) CheckBad(row);

  BindOptions options;
  options.max_index = 2;
  CheckGood({"largest index", "items[2]=&items[1]=&items[0]=", "items { } items { } items { }"},
            options);
  CheckBad({"beyond", "items[3]=", "items"}, options);
}

}  // namespace
}  // namespace kratos::form::test
