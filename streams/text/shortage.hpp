// What the system has run out of, and what helps: the words of errno(3) say neither. Any thread.
#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace text {

/// What a person can do about an errno value that tells of a shortage; empty where it tells of
/// something else.
std::string_view remedy(int error) noexcept;

/// The errno value of a failure; ENOMEM for want of memory in this process, 0 where it has none.
int errno_of(const std::exception& failure) noexcept;

/// `WHAT; REMEDY`, or only what() where there is none. Throws std::bad_alloc.
std::string with_remedy(const std::exception& failure);

}  // namespace text
