// The process's limit on open files, getrlimit(2). Any thread.
#pragma once

namespace client::descriptors {

/// Raises the soft limit to the hard one, as far as that is allowed.
void raise_open_files() noexcept;

}  // namespace client::descriptors
