/*
 * A neighbor that only listens: how long until RIPv2 has announced to it the routes 20.0.0.0/24, 20.0.1.0/24, …, or has taken
 * them back with metric 16.
 *
 *   listener INTERFACE reachable|unreachable ROUTES MILLISECONDS
 *
 * Prints `ready` when it listens; when it has heard of all these routes or the time is over, a line of JSON: of how many, when
 * the first packet came that has one of them and when the one came that completed them (nanoseconds of CLOCK_MONOTONIC), and the
 * packets and the bytes of UDP from the first to the last. Fails if its own buffer had no room for a packet.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <net/if.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { PORT = 520, RESPONSE = 2, VERSION = 2, UNREACHABLE = 16, ROUTES_MAX = 1 << 16, ENTRIES_MAX = 75, ROOM = 64 << 20 };
static const uint32_t first_network = 20u << 24, mask = ~0u << 8;

struct entry { uint16_t family, tag; uint32_t address, mask, next_hop, metric; };
struct packet { uint8_t command, version; uint16_t zero; struct entry entries[ENTRIES_MAX]; };

static uint8_t is_heard[ROUTES_MAX];
static uint32_t routes;
static int is_reachable;
static long heard, packets, bytes;
static int64_t first, last;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int64_t nanoseconds(struct timespec time) {
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int64_t now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return nanoseconds(time);
}

static int open_socket(const char *interface) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1, room = ROOM;
  struct sockaddr_in port = { .sin_family = AF_INET, .sin_port = htons(PORT) };
  struct ip_mreqn group = { .imr_ifindex = if_nametoindex(interface) };
  inet_pton(AF_INET, "224.0.0.9", &group.imr_multiaddr);
  if (fd < 0) fail("socket");
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) < 0) fail("SO_RCVBUFFORCE");
  if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) < 0) fail("SO_TIMESTAMPNS");
  if (setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on) < 0) fail("SO_RXQ_OVFL");
  if (bind(fd, (void *)&port, sizeof port) < 0) fail("bind");
  if (setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group) < 0) fail("IP_ADD_MEMBERSHIP");
  return fd;
}

/* Reads of which routes the packet tells what is waited for. @returns how many there are, and how many are new */
static int read_packet(const struct packet *packet, ssize_t size, int *new) {
  int told = 0;
  *new = 0;
  if (packet->command != RESPONSE || packet->version != VERSION) return 0;
  long count = (size - (ssize_t)offsetof(struct packet, entries)) / (ssize_t)sizeof(struct entry);
  for (const struct entry *entry = packet->entries; count > 0; entry++, count--) {
    uint32_t at = (ntohl(entry->address) - first_network) >> 8;
    if (entry->family != htons(AF_INET) || entry->mask != htonl(mask) || at >= routes) continue;
    if ((ntohl(entry->metric) < UNREACHABLE) != is_reachable) continue;
    told++;
    *new += !is_heard[at];
    is_heard[at] = 1;
  }
  return told;
}

/* When the kernel received the packet. It stamps by the wall clock. */
static int64_t received(struct msghdr *message) {
  int64_t stamp = now(CLOCK_REALTIME);
  for (struct cmsghdr *at = CMSG_FIRSTHDR(message); at != NULL; at = CMSG_NXTHDR(message, at)) {
    if (at->cmsg_level != SOL_SOCKET) continue;
    if (at->cmsg_type == SCM_TIMESTAMPNS) stamp = nanoseconds(*(struct timespec *)CMSG_DATA(at));
    if (at->cmsg_type == SO_RXQ_OVFL && *(uint32_t *)CMSG_DATA(at) > 0) {
      fputs("the listener's own buffer had no room for a packet\n", stderr);
      exit(1);
    }
  }
  return stamp - now(CLOCK_REALTIME) + now(CLOCK_MONOTONIC);
}

static void receive(int fd) {
  static struct packet packet;
  static char control[256] __attribute__((aligned(8)));
  struct iovec part = { &packet, sizeof packet };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
  ssize_t size = recvmsg(fd, &message, 0);
  if (size < 0) fail("recvmsg");
  int new, told = read_packet(&packet, size, &new);
  if (told == 0 && packets == 0) return;
  int64_t time = received(&message);
  if (packets++ == 0) first = time;
  bytes += size;
  heard += new;
  if (new > 0) last = time;
}

int main(int count, char **argument) {
  if (count != 5) return 2;
  is_reachable = strcmp(argument[2], "reachable") == 0;
  routes = atol(argument[3]);
  if (routes > ROUTES_MAX) return 2;
  int fd = open_socket(argument[1]);
  int64_t deadline = now(CLOCK_MONOTONIC) + atoll(argument[4]) * 1000000;
  puts("ready");
  fflush(stdout);
  for (int64_t left; heard < routes && (left = deadline - now(CLOCK_MONOTONIC)) > 0;) {
    struct pollfd ready = { fd, POLLIN, 0 };
    if (poll(&ready, 1, left / 1000000 + 1) > 0) receive(fd);
  }
  printf("{\"routes\":%ld,\"first\":%lld,\"last\":%lld,\"packets\":%ld,\"bytes\":%ld}\n", heard, (long long)first,
         (long long)last, packets, bytes);
  return 0;
}
