// A table of file descriptors for a thread alone. Where threads share one, as they usually do, the
// kernel counts references to the file, atomically, in each call of send and receive.
#pragma once

namespace client::load {

/// From here on the calling thread has a copy of the process's table: what it opens and closes is
/// its own affair, and what others open is unknown to it. Does nothing where that is not allowed.
/// unshare(2) with CLONE_FILES.
void take_own_descriptor_table() noexcept;

}  // namespace client::load
