// Asio's own sources, compiled here once for everything that links them.
#include <asio/impl/src.hpp>
