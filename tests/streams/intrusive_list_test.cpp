#include "streams/intrusive_list.hpp"

#include <memory>
#include <string>

#include "tests/catch.hpp"

using streams::IntrusiveList;
using streams::ListHook;

namespace {

struct Element : ListHook {
  explicit Element(char letter) : name(letter) {}
  char name;
};

std::string names(IntrusiveList<Element>& list) {
  std::string all;
  list.for_each([&](Element& element) { all += element.name; });
  return all;
}

}  // namespace

TEST_CASE("a list keeps the order in which its elements joined", "[intrusive_list]") {
  Element a('a');
  Element b('b');
  Element c('c');
  IntrusiveList<Element> list;
  CHECK(list.empty());
  CHECK_FALSE(a.is_linked());
  list.push_back(a);
  list.push_back(b);
  list.push_back(c);
  CHECK(a.is_linked());
  CHECK_FALSE(list.empty());
  CHECK(&list.front() == &a);
  CHECK(names(list) == "abc");
}

TEST_CASE("an element leaves from the middle, the front and the back", "[intrusive_list]") {
  Element a('a');
  Element b('b');
  Element c('c');
  IntrusiveList<Element> list;
  for (Element* element : {&a, &b, &c}) list.push_back(*element);
  b.unlink();
  CHECK(names(list) == "ac");
  CHECK_FALSE(b.is_linked());
  b.unlink();
  CHECK(names(list) == "ac");
  a.unlink();
  CHECK(&list.front() == &c);
  c.unlink();
  CHECK(list.empty());
  list.push_back(b);
  CHECK(names(list) == "b");
}

TEST_CASE("an element that is destroyed has left the list", "[intrusive_list]") {
  IntrusiveList<Element> list;
  auto a = std::make_unique<Element>('a');
  auto b = std::make_unique<Element>('b');
  list.push_back(*a);
  list.push_back(*b);
  a.reset();
  CHECK(names(list) == "b");
  b.reset();
  CHECK(list.empty());
}

TEST_CASE("a list that is destroyed first lets go of its elements", "[intrusive_list]") {
  Element a('a');
  Element b('b');
  {
    IntrusiveList<Element> list;
    list.push_back(a);
    list.push_back(b);
  }
  a.unlink();
  CHECK_FALSE(a.is_linked());
  CHECK_FALSE(b.is_linked());
}

TEST_CASE("a visit may remove or destroy the element it is given", "[intrusive_list]") {
  Element a('a');
  auto b = std::make_unique<Element>('b');
  Element c('c');
  IntrusiveList<Element> list;
  list.push_back(a);
  list.push_back(*b);
  list.push_back(c);
  std::string visited;
  list.for_each([&](Element& element) {
    visited += element.name;
    if (&element == b.get()) {
      b.reset();
    } else {
      element.unlink();
    }
  });
  CHECK(visited == "abc");
  CHECK(list.empty());
}
