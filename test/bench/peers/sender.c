/*
 * A neighbor that announces many routes: full responses, made before the first one leaves, from the protocol's own port to its
 * group. Route number n is the nth /24 from 20.0.0.0 on; of RIPng the nth /48 from 2001:d00:: on.
 *
 *   sender rip|ripng INTERFACE ROUTES METRIC GAP
 *
 * GAP: microseconds from one packet to the next; 0: a burst, as fast as the kernel takes it. Prints the nanoseconds of
 * CLOCK_MONOTONIC before the first packet left and after the last one, and how many there were.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { HEADER_BYTES = 4, ENTRY_BYTES = 20, ENTRIES = 25, NG_ENTRIES = 72, BURST = 1024 };

struct wire { uint16_t family, tag; uint32_t address, mask, next_hop, metric; };
struct ng_wire { uint8_t address[16]; uint16_t tag; uint8_t length, metric; };

union group { struct sockaddr any; struct sockaddr_in rip; struct sockaddr_in6 ripng; };

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void must(int result, const char *what) {
  if (result < 0) fail(what);
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void sleep_until(int64_t instant) {
  struct timespec time = { instant / 1000000000, instant % 1000000000 };
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
}

static void put(uint8_t *at, uint32_t route, uint8_t metric) {
  struct wire wire = { htons(AF_INET), 0, htonl((20u << 24) + (route << 8)), htonl(0xffffff00), 0, htonl(metric) };
  memcpy(at, &wire, sizeof wire);
}

static void put_ng(uint8_t *at, uint32_t route, uint8_t metric) {
  struct ng_wire wire = { { 0x20, 0x01, 0x0d, route >> 16, route >> 8, route }, 0, 48, metric };
  memcpy(at, &wire, sizeof wire);
}

static int open_rip(unsigned interface, union group *group) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0), ttl = 1, none = 0;
  struct sockaddr_in port = { .sin_family = AF_INET, .sin_port = htons(520) };
  struct ip_mreqn out = { .imr_ifindex = interface };
  must(fd, "socket");
  must(bind(fd, (void *)&port, sizeof port), "bind");
  must(setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &out, sizeof out), "IP_MULTICAST_IF");
  must(setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof ttl), "IP_MULTICAST_TTL");
  must(setsockopt(fd, IPPROTO_IP, IP_MULTICAST_LOOP, &none, sizeof none), "IP_MULTICAST_LOOP");
  group->rip = port;
  inet_pton(AF_INET, "224.0.0.9", &group->rip.sin_addr);
  return fd;
}

static int open_ripng(unsigned interface, union group *group) {
  int fd = socket(AF_INET6, SOCK_DGRAM, 0), hops = 255, none = 0;
  struct sockaddr_in6 port = { .sin6_family = AF_INET6, .sin6_port = htons(521) };
  must(fd, "socket");
  must(bind(fd, (void *)&port, sizeof port), "bind");
  must(setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof hops), "IPV6_MULTICAST_HOPS");
  must(setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, &none, sizeof none), "IPV6_MULTICAST_LOOP");
  group->ripng = port;
  group->ripng.sin6_scope_id = interface;
  inet_pton(AF_INET6, "ff02::9", &group->ripng.sin6_addr);
  return fd;
}

int main(int count, char **argument) {
  if (count != 6) return 2;
  int is_ng = strcmp(argument[1], "ripng") == 0;
  unsigned interface = if_nametoindex(argument[2]);
  uint32_t routes = atoi(argument[3]), metric = atoi(argument[4]);
  int64_t gap = atoll(argument[5]) * 1000;
  if (interface == 0) fail(argument[2]);

  union group group = { 0 };
  int fd = is_ng ? open_ripng(interface, &group) : open_rip(interface, &group);
  uint32_t entries = is_ng ? NG_ENTRIES : ENTRIES, packets = (routes + entries - 1) / entries;
  uint8_t (*bytes)[HEADER_BYTES + NG_ENTRIES * ENTRY_BYTES] = calloc(packets, sizeof *bytes);
  struct iovec *part = calloc(packets, sizeof *part);
  struct mmsghdr *message = calloc(packets, sizeof *message);
  for (uint32_t packet = 0; packet < packets; packet++) {
    uint32_t first = packet * entries, rest = routes - first, filled = rest < entries ? rest : entries;
    memcpy(bytes[packet], (uint8_t[]){ 2, is_ng ? 1 : 2, 0, 0 }, HEADER_BYTES);
    for (uint32_t i = 0; i < filled; i++)
      (is_ng ? put_ng : put)(bytes[packet] + HEADER_BYTES + i * ENTRY_BYTES, first + i, metric);
    part[packet] = (struct iovec){ bytes[packet], HEADER_BYTES + filled * ENTRY_BYTES };
    message[packet].msg_hdr = (struct msghdr){ .msg_name = &group, .msg_namelen = sizeof group,
                                               .msg_iov = &part[packet], .msg_iovlen = 1 };
    if (!is_ng) message[packet].msg_hdr.msg_namelen = sizeof group.rip;
  }

  int64_t start = now();
  for (uint32_t sent = 0; sent < packets;) {
    if (gap > 0) sleep_until(start + sent * gap);
    uint32_t left = packets - sent, most = gap > 0 ? 1 : BURST;
    int done = sendmmsg(fd, message + sent, left < most ? left : most, 0);
    must(done, "sendmmsg");
    sent += done;
  }
  printf("%lld %lld %u\n", (long long)start, (long long)now(), packets);
  return 0;
}
