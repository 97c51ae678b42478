// What a run was asked to do, in a few words. Pure functions, any thread. Text is UTF-8.
#pragma once

#include <string>

#include "client/load/plan.hpp"

namespace client::load::report {

/// The target's name, or how many there are: `2 targets`.
std::string target_name(const Plan& plan);

/// `127.0.0.1:7007, echo, 64 B a message, every byte verified`
std::string target_text(const Plan& plan);

/// `open loop, 50.00 k/s, 50 connections` or `closed loop, 50 connections, 4 requests in flight on
/// each`
std::string load_text(const Plan& plan);

/// `1 k/s, 10 s` or `1 k/s to 50 k/s, 30 s`, of a stage that lasted so long
std::string stage_text(const RateStage& stage, Duration length);

/// `10 s after 2 s of warm-up, 1 thread`
std::string time_text(const Plan& plan);

/// `1 thread`, `2 threads`: the number with its groups, and the word, in the plural where it needs
/// it.
std::string counted(std::uint64_t count, const char* word);

}  // namespace client::load::report
