#include "client/doctor/admin.hpp"

#include "tests/catch.hpp"

using namespace client::doctor;

TEST_CASE("a line of ENDED is read, whatever else it says") {
  const EndedConnection one = read_ended(
      "+id=7 listener=\"in=out\" peer=127.0.0.1:4242 ago=0.1 lasted=2.5 in=reset in_bytes=10 "
      "in_hashed=8 in_hash=85944171f73967e8 out=fin out_bytes=6 out_hashed=6 "
      "out_hash=cbf29ce484222325 end=connection-error error=\"Broken pipe\"\r\n");
  CHECK(one.cause == "connection-error");
  CHECK(one.in.how == "reset");
  CHECK(one.in.bytes == 10);
  CHECK(one.in.hashed == 8);
  CHECK(one.in.hash == "85944171f73967e8");
  CHECK(one.out.how == "fin");
  CHECK(one.out.hash == "cbf29ce484222325");
}

TEST_CASE("what a line of ENDED does not say is empty") {
  const EndedConnection one = read_ended("+id=7 in=fin");
  CHECK(one.in.how == "fin");
  CHECK(one.in.bytes == 0);
  CHECK(one.out.how.empty());
  CHECK(one.cause.empty());
}
