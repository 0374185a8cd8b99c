/*
 * Floods a host with echo requests, 1,000 a second, and says which of them nobody answered.
 *
 *   flood ADDRESS
 *
 * Prints "ready" with the first answer. At SIGTERM it sends no more, waits until every request has its answer, one second at
 * most, and prints {"sent":N,"lost":N,"outage":N}: "outage" is the longest run of lost ones, which is milliseconds.
 *
 * Whoever is late sends what is due at once, so that a busy machine gives bunches and not fewer packets. Every request carries
 * its number in 32 bits: the one of ICMP comes around after 65 s. icmp(7), RFC 792, RFC 4443 section 4.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { INTERVAL_NS = 1000000, PATIENCE_NS = 1000000000, REQUESTS_MAX = 1 << 20, RECEIVE_BUFFER = 4 << 20 };

/* Begins like both struct icmphdr and struct icmp6_hdr. */
struct echo {
  uint8_t type, code;
  uint16_t checksum, id, sequence;
  uint32_t number;
};

static volatile sig_atomic_t ending;
static uint8_t answered[REQUESTS_MAX];
static uint32_t sent, answers;

static void end(int signal) {
  (void)signal;
  ending = 1;
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void fail(const char *call) {
  perror(call);
  exit(1);
}

/* RFC 1071; the kernel fills in that of ICMPv6. */
static uint16_t checksum(const void *bytes, size_t length) {
  const uint16_t *words = bytes;
  uint32_t sum = 0;
  for (size_t at = 0; at < length / 2; at++) sum += words[at];
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum;
}

static void request(int fd, const struct addrinfo *to, uint16_t id) {
  int is_ipv4 = to->ai_family == AF_INET;
  struct echo echo = { .type = is_ipv4 ? ICMP_ECHO : ICMP6_ECHO_REQUEST, .id = id };
  echo.sequence = htons(sent);
  echo.number = htonl(sent);
  if (is_ipv4) echo.checksum = checksum(&echo, sizeof echo);
  /* What does not leave is lost like all else that gets no answer. */
  (void)!sendto(fd, &echo, sizeof echo, 0, to->ai_addr, to->ai_addrlen);
  sent++;
}

/* Takes in all answers that are there. */
static void receive(int fd, int family, uint16_t id) {
  uint8_t packet[256];
  ssize_t length;
  while ((length = recv(fd, packet, sizeof packet, MSG_DONTWAIT)) > 0) {
    /* Linux: a raw socket gives the header of IPv4, and not that of IPv6. */
    size_t skip = family == AF_INET ? ((struct iphdr *)packet)->ihl * 4 : 0;
    struct echo echo;
    if ((size_t)length < skip + sizeof echo) continue;
    memcpy(&echo, packet + skip, sizeof echo);
    uint32_t number = ntohl(echo.number);
    int is_answer = echo.type == (family == AF_INET ? ICMP_ECHOREPLY : ICMP6_ECHO_REPLY);
    if (!is_answer || echo.id != id || number >= sent || answered[number]) continue;
    answered[number] = 1;
    if (answers++ == 0) puts("ready");
  }
}

static void report(void) {
  uint32_t run = 0, outage = 0;
  for (uint32_t number = 0; number < sent; number++) {
    run = answered[number] ? 0 : run + 1;
    if (run > outage) outage = run;
  }
  printf("{\"sent\":%u,\"lost\":%u,\"outage\":%u}\n", sent, sent - answers, outage);
}

int main(int count, char **arguments) {
  struct addrinfo hints = { .ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_RAW }, *to;
  if (count != 2 || getaddrinfo(arguments[1], NULL, &hints, &to) != 0) {
    fprintf(stderr, "usage: flood ADDRESS\n");
    return 2;
  }
  setlinebuf(stdout);
  int fd = socket(to->ai_family, SOCK_RAW, to->ai_family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6);
  if (fd < 0) fail("socket");
  int bytes = RECEIVE_BUFFER;
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes) < 0) fail("setsockopt");
  struct sigaction action = { .sa_handler = end };
  sigaction(SIGTERM, &action, NULL);

  uint16_t id = htons(getpid());
  int64_t due = now(), deadline = 0;
  while (deadline == 0 || (answers < sent && now() < deadline)) {
    while (!ending && due <= now() && sent < REQUESTS_MAX) {
      request(fd, to, id);
      due += INTERVAL_NS;
    }
    if (ending && deadline == 0) deadline = now() + PATIENCE_NS;
    int64_t pause = deadline == 0 ? due - now() : INTERVAL_NS;
    struct timespec timeout = { .tv_nsec = pause > 0 ? pause : 0 };
    struct pollfd readable = { .fd = fd, .events = POLLIN };
    if (ppoll(&readable, 1, &timeout, NULL) < 0 && errno != EINTR) fail("ppoll");
    receive(fd, to->ai_family, id);
  }
  report();
  return 0;
}
