#include "client/doctor/account.hpp"

#include "tests/catch.hpp"

using namespace std::chrono_literals;
using client::doctor::Account;
using client::doctor::to_string;

TEST_CASE("what was moved in one go is one entry, and what happened in between ends it") {
  Account account;
  account.note("near", "connects");
  account.moved("near", "sent", "one");
  account.moved("far", "received", "one");
  account.moved("near", "sent", "two");
  account.note("near", "sent FIN");
  account.moved("far", "received", "two");
  REQUIRE(account.entries().size() == 5);
  const Account::Entry& sent = account.entries()[1];
  CHECK(sent.octets == 6);
  CHECK(sent.begins == "onetwo");
  CHECK(sent.to >= sent.from);
  CHECK(account.entries()[4].octets == 3);
}

TEST_CASE("of much only the beginning is kept, and of many entries the first") {
  Account account;
  account.moved("near", "sent", std::string(1000, 'x'));
  CHECK(account.entries()[0].begins.size() == Account::most_begin);
  for (int i = 0; i < 200; ++i) account.note("near", "something");
  CHECK(account.entries().size() == Account::most_entries);
  CHECK(account.left_out() == 201 - Account::most_entries);
}

TEST_CASE("an entry says when, who, what and how much") {
  Account::Entry entry;
  entry.from = entry.to = 1500us;
  entry.who = "near";
  entry.what = "sent";
  entry.octets = 6;
  entry.begins = "hello\n";
  CHECK(to_string(entry) == "1.500 ms  near  sent 6 octets \"hello\\n\"");
  entry.octets = 1;
  entry.begins = "\xff";
  CHECK(to_string(entry) == "1.500 ms  near  sent 1 octet \"\\xff\"");
  entry.to = 20ms;
  entry.octets = 2000;
  entry.begins = "xx";
  CHECK(to_string(entry) == "1.500 to 20.000 ms  near  sent 2000 octets \"xx\"...");
  entry.octets = 0;
  entry.to = entry.from;
  entry.what = "saw FIN";
  CHECK(to_string(entry) == "1.500 ms  near  saw FIN");
}
