// The AdminHost: what the admin protocol asks of the daemon around it, which implements it. On the
// first worker's thread, where every admin connection is served.
#pragma once

namespace server::protocols {

class AdminHost {
 protected:
  ~AdminHost() = default;
};

}  // namespace server::protocols
