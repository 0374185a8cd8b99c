/*
 * Counts the routes that come into a kernel and leave it, as the kernel tells of them, until they are as many as expected or
 * nothing happens any more. It looks four times a millisecond and decodes nothing, so that it takes little from the daemon
 * that is watched, and from each the same.
 *
 *   watcher ipv4|ipv6 PROTOCOL CHANGE QUIET PID...
 *
 * PROTOCOL: the number of the routes' protocol. CHANGE: how many are expected to come, negative: to leave. QUIET: milliseconds
 * in which nothing changes and the daemon hardly works, after which there will be no more. PID: its processes. Prints
 * `watching` when it is; at the end how many came and left, the nanoseconds of CLOCK_MONOTONIC when the last one was seen, and
 * the nanoseconds of CPU that the daemon had from the beginning until then.
 *
 * Linux: a notification has one message; one of a route that was replaced has NLM_F_REPLACE. A process' CPU clock counts all
 * its threads, also of a time slice that still runs.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

/* A daemon hardly works if it uses less than this part of a processor. */
enum { ROOM = 256 << 20, AT_ONCE = 256, PAUSE_NS = 250000, IDLE_PART = 20 };

/* As much of a notification as is looked at. */
struct notice { struct nlmsghdr header; struct rtmsg route; };

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int64_t nanoseconds(clockid_t clock) {
  struct timespec time;
  if (clock_gettime(clock, &time) < 0) fail("clock_gettime");
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int64_t cpu_of(int count, char **pid) {
  int64_t total = 0;
  for (int at = 0; at < count; at++) {
    clockid_t clock;
    if ((errno = clock_getcpuclockid(atoi(pid[at]), &clock)) != 0) fail("clock_getcpuclockid");
    total += nanoseconds(clock);
  }
  return total;
}

static int subscribe(int group) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), room = ROOM;
  struct sockaddr_nl self = { .nl_family = AF_NETLINK, .nl_groups = 1u << (group - 1) };
  if (fd < 0) fail("socket");
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room); /* without the right to it: what it has; recvmmsg tells */
  if (bind(fd, (void *)&self, sizeof self) < 0) fail("bind");
  return fd;
}

int main(int count, char **argument) {
  if (count < 6) return 2;
  int fd = subscribe(strcmp(argument[1], "ipv6") == 0 ? RTNLGRP_IPV6_ROUTE : RTNLGRP_IPV4_ROUTE);
  int protocol = atoi(argument[2]);
  long expected = atol(argument[3]), came = 0, left = 0;
  int64_t quiet = atoll(argument[4]) * 1000000;
  int pids = count - 5;
  char **pid = argument + 5;

  static struct notice notice[AT_ONCE];
  static struct iovec part[AT_ONCE];
  static struct mmsghdr message[AT_ONCE];
  for (int at = 0; at < AT_ONCE; at++) {
    part[at] = (struct iovec){ &notice[at], sizeof notice[at] };
    message[at].msg_hdr = (struct msghdr){ .msg_iov = &part[at], .msg_iovlen = 1 };
  }

  int64_t last = nanoseconds(CLOCK_MONOTONIC), cpu = cpu_of(pids, pid), used = 0;
  int64_t quiet_since = last, quiet_cpu = cpu;
  puts("watching");
  fflush(stdout);
  while (came - left != expected && nanoseconds(CLOCK_MONOTONIC) - quiet_since < quiet) {
    long before = came + left;
    for (int got = AT_ONCE; got == AT_ONCE;) {
      got = recvmmsg(fd, message, AT_ONCE, MSG_DONTWAIT, NULL);
      if (got < 0 && errno != EAGAIN) fail("recvmmsg");
      for (int at = 0; at < got; at++) {
        if (notice[at].route.rtm_protocol != protocol) continue;
        if (notice[at].header.nlmsg_type == RTM_DELROUTE) left++;
        else if (!(notice[at].header.nlmsg_flags & NLM_F_REPLACE)) came++;
      }
    }
    int64_t instant = nanoseconds(CLOCK_MONOTONIC), cpu_now = cpu_of(pids, pid);
    if (came + left > before) {
      last = instant;
      used = cpu_now - cpu;
    }
    if (came + left > before || cpu_now - quiet_cpu > quiet / IDLE_PART) {
      quiet_since = instant;
      quiet_cpu = cpu_now;
    }
    nanosleep(&(struct timespec){ 0, PAUSE_NS }, NULL);
  }
  printf("%ld %ld %lld %lld\n", came, left, (long long)last, (long long)used);
  return 0;
}
