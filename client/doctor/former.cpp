#include "client/doctor/former.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "client/doctor/record.hpp"
#include "client/exit_code.hpp"
#include "client/load/report/output_file.hpp"

namespace client::doctor {
namespace {

constexpr std::size_t largest_report = std::size_t{64} << 20U;

struct Closer {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

std::string contents_of(const std::string& name) {
  const auto fail = [&name] {
    throw std::system_error(errno, std::generic_category(), "cannot read " + name);
  };
  const std::unique_ptr<std::FILE, Closer> file(std::fopen(name.c_str(), "re"));
  if (file == nullptr) fail();
  std::string text;
  std::array<char, 65536> piece{};
  while (const std::size_t size = std::fread(piece.data(), 1, piece.size(), file.get())) {
    text.append(piece.data(), size);
    if (text.size() > largest_report) throw std::runtime_error(name + ": more than 64 MiB");
  }
  if (std::ferror(file.get()) != 0) fail();
  return text;
}

Record read(const std::string& name) {
  ReadRecord one = read_record(contents_of(name));
  if (!one.error.empty()) throw std::runtime_error(name + ": " + one.error);
  return std::move(one.record);
}

std::string stem(const std::string& name) { return std::filesystem::path(name).stem().string(); }

/// Two of one name in different folders keep their paths.
std::string column_of(const std::string& name, const std::vector<std::string>& files) {
  const auto is_alike = [&name](const std::string& other) { return stem(other) == stem(name); };
  return std::ranges::count_if(files, is_alike) == 1 ? stem(name) : name;
}

}  // namespace

int write_page_of_former(const std::vector<std::string>& files, const std::string& page) {
  try {
    std::vector<Record> records;
    records.reserve(files.size());
    for (const std::string& name : files) {
      records.push_back(read(name));
      records.back().name = column_of(name, files);
    }
    load::report::OutputFile out(page);
    out.write(to_html(records));
    const std::string failed = out.close();
    if (!failed.empty()) throw std::runtime_error(failed);
    return exit_code::success;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "echoline doctor: %s\n", error.what());
    return exit_code::failure;
  }
}

}  // namespace client::doctor
