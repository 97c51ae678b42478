#define _GNU_SOURCE
#include "loadgen_options.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char* const mode_names[] = {"echo", "line", "churn", NULL};

static const char usage[] =
    "usage: loadgen HOST PORT [options]\n"
    "  HOST is an IPv4 address. Prints \"start\" and \"stop\" around the measured window, then "
    "one\n"
    "  JSON object. Exit code 1 on any error.\n"
    "  --mode MODE       echo; line sends PING lines; churn connects, exchanges one message,\n"
    "                    closes, and again (echo)\n"
    "  --connections N   (1)\n"
    "  --size BYTES      of a message; not for line (64)\n"
    "  --depth D         messages in flight per connection; 1 for churn (1)\n"
    "  --warmup S        seconds of load before the first window (0)\n"
    "  --seconds S       length of a window (1)\n"
    "  --windows N       measure so many, on the same connections (1)\n"
    "  --requests N      end a window after exactly N; --seconds is then 60 unless given, and\n"
    "                    it is an error if they pass first\n"
    "  --wait            at \"start\" and \"stop\" wait for a line on stdin\n"
    "  --hold            instead: open all, one exchange each, print \"held\", wait for a line on\n"
    "                    stdin or its end, exit\n"
    "  --time-limit S    whole run, enforced by SIGALRM (warm-up + windows + 60)\n";

static void refuse(const char* what, const char* value) {
  fprintf(stderr, "loadgen: %s: %s\n%s", what, value, usage);
  exit(2);
}

static double number(const char* text, double low, double high) {
  char* rest = NULL;
  double value = strtod(text, &rest);
  if (rest == text || *rest != '\0' || !(value >= low && value <= high)) {
    refuse("not a number in range", text);
  }
  return value;
}

static enum mode mode(const char* name) {
  for (int i = 0; mode_names[i]; ++i) {
    if (strcmp(name, mode_names[i]) == 0) return (enum mode)i;
  }
  refuse("unknown mode", name);
  return mode_echo;
}

struct options parse_options(int argc, char** argv) {
  static const struct option names[] = {{"mode", required_argument, NULL, 'm'},
                                        {"connections", required_argument, NULL, 'c'},
                                        {"size", required_argument, NULL, 's'},
                                        {"depth", required_argument, NULL, 'd'},
                                        {"warmup", required_argument, NULL, 'w'},
                                        {"seconds", required_argument, NULL, 't'},
                                        {"requests", required_argument, NULL, 'r'},
                                        {"wait", no_argument, NULL, 'W'},
                                        {"hold", no_argument, NULL, 'H'},
                                        {"help", no_argument, NULL, 'h'},
                                        {"windows", required_argument, NULL, 'n'},
                                        {"time-limit", required_argument, NULL, 'l'},
                                        {0}};
  struct options o = {
      .connections = 1, .size = 64, .depth = 1, .windows = 1, .requests = UINT64_MAX};
  o.address.sin_family = AF_INET;
  for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;) {
    switch (c) {
      case 'm': o.mode = mode(optarg); break;
      case 'c': o.connections = (size_t)number(optarg, 1, 1e6); break;
      case 's': o.size = (size_t)number(optarg, 1, 16 << 20); break;
      case 'd': o.depth = (size_t)number(optarg, 1, 4096); break;
      case 'w': o.warmup = number(optarg, 0, 3600); break;
      case 't': o.seconds = number(optarg, 0.01, 3600); break;
      case 'r': o.requests = (uint64_t)number(optarg, 1, 1e12); break;
      case 'n': o.windows = (unsigned)number(optarg, 1, 100000); break;
      case 'l': o.time_limit = (unsigned)number(optarg, 1, 10000); break;
      case 'W': o.wait = true; break;
      case 'H': o.hold = true; break;
      case 'h': fputs(usage, stdout); exit(0);
      default: fputs(usage, stderr); exit(2);
    }
  }
  if (argc - optind != 2) refuse("HOST and PORT are needed", "");
  if (inet_pton(AF_INET, argv[optind], &o.address.sin_addr) != 1) {
    refuse("not an IPv4 address", argv[optind]);
  }
  o.address.sin_port = htons((uint16_t)number(argv[optind + 1], 1, 65535));
  if (o.mode == mode_churn && o.depth != 1) refuse("churn has depth 1, not more", "--depth");
  if (o.size * (o.depth + 1) > (1u << 30)) refuse("over 1 GiB in flight per connection", "--size");
  if (o.seconds == 0) o.seconds = o.requests == UINT64_MAX ? 1 : 60;
  if (o.time_limit == 0) o.time_limit = (unsigned)(o.warmup + o.seconds * o.windows) + 60;
  return o;
}
