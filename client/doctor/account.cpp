#include "client/doctor/account.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "streams/text/escape.hpp"

namespace client::doctor {
namespace {

std::string milliseconds(std::chrono::nanoseconds time) {
  std::array<char, 40> text{};
  const double value = std::chrono::duration<double, std::milli>(time).count();
  const int size = std::snprintf(text.data(), text.size(), "%.3f", value);
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace

void Account::note(const std::string& who, std::string_view what) {
  Entry entry;
  entry.from = entry.to = Clock::now() - start_;
  entry.who = who;
  entry.what = what;
  add(std::move(entry));
}

void Account::moved(const std::string& who, std::string_view what, std::string_view octets) {
  const std::chrono::nanoseconds now = Clock::now() - start_;
  if (Entry* const entry = same_go(who, what)) {
    entry->to = now;
    entry->octets += octets.size();
    if (entry->begins.size() < most_begin) {
      entry->begins += octets.substr(0, most_begin - entry->begins.size());
    }
    return;
  }
  Entry entry;
  entry.from = entry.to = now;
  entry.who = who;
  entry.what = what;
  entry.octets = octets.size();
  entry.begins = octets.substr(0, most_begin);
  add(std::move(entry));
}

// The two directions of a connection take turns: others' octets in between do not end a go, what
// else happened does.
Account::Entry* Account::same_go(const std::string& who, std::string_view what) noexcept {
  for (auto entry = entries_.rbegin(); entry != entries_.rend() && entry->octets != 0; ++entry) {
    if (entry->who == who && entry->what == what) return &*entry;
  }
  return nullptr;
}

void Account::add(Entry entry) {
  if (entries_.size() == most_entries) {
    ++left_out_;
  } else {
    entries_.push_back(std::move(entry));
  }
}

std::string said(const Account::Entry& entry) {
  if (entry.octets == 0) return entry.what;
  std::string text = entry.what + ' ' + std::to_string(entry.octets);
  text += entry.octets == 1 ? " octet \"" : " octets \"";
  text::Escapes named;
  named.named = true;
  text::append_escaped(text, entry.begins, named);
  return text + (entry.octets > entry.begins.size() ? "\"..." : "\"");
}

std::string to_string(const Account::Entry& entry) {
  std::string text = milliseconds(entry.from);
  if (entry.to > entry.from + std::chrono::milliseconds{1}) text += " to " + milliseconds(entry.to);
  text += " ms  " + entry.who + "  ";
  return text + said(entry);
}

}  // namespace client::doctor
