/*
 * What happens to the routes 20.0.0.0/24, 20.0.1.0/24, … in the kernels of network namespaces, as they tell it by rtnetlink.
 *
 *   route-watch learned|withdrawn|healed|moved ROUTES MILLISECONDS GATEWAY NAMESPACE...
 *
 *   learned    a route comes
 *   withdrawn  a route is deleted
 *   healed     a route is deleted, and comes back
 *   moved      a route comes, or is replaced, and leads not over the gateway
 *
 * Prints `ready` when it watches. It ends when so many routes are through in every namespace and remain so for a moment, when
 * the time is over, or with SIGTERM. Then it prints for each namespace a line of JSON: how many routes are through; when the first
 * began and when the last was through, when a link lost its carrier (nanoseconds of CLOCK_MONOTONIC; 0: never); how many
 * deletions there were. Fails if a kernel could not tell all.
 *
 * It looks at once when something begins, and then four times a millisecond: so it takes little from the daemons it watches.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ROUTES_MAX = 1 << 16, NAMESPACES_MAX = 32, ROOM = 256 << 20, AT_ONCE = 64, MESSAGE_BYTES = 4096, PAUSE_NS = 250000 };
enum happening { LEARNED, WITHDRAWN, HEALED, MOVED, HAPPENINGS };
enum state { UNTOUCHED, BEGUN, THROUGH };
static const char *const names[] = { "learned", "withdrawn", "healed", "moved" };
static const uint32_t first_network = 20u << 24;
static const int64_t moment = 300000000;

struct watch {
  uint8_t states[ROUTES_MAX];
  long through, deletions;
  int64_t first, last, carrier_lost;
};

static struct watch watches[NAMESPACES_MAX];
static enum happening happening;
static uint32_t gateway;
static volatile sig_atomic_t is_over;

static void finish(int signal) {
  (void)signal;
  is_over = 1;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int subscribe(const char *namespace) {
  char path[256];
  snprintf(path, sizeof path, "/run/netns/%s", namespace);
  int there = open(path, O_RDONLY | O_CLOEXEC), room = ROOM;
  if (there < 0 || setns(there, CLONE_NEWNET) < 0) fail(path);
  close(there);
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  struct sockaddr_nl self = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_IPV4_ROUTE | RTMGRP_LINK };
  if (fd < 0) fail("socket");
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) < 0) fail("SO_RCVBUFFORCE");
  if (bind(fd, (void *)&self, sizeof self) < 0) fail("bind");
  return fd;
}

/* Whether one of these attributes is the gateway. */
static int has_gateway(struct rtattr *attribute, int left) {
  for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left))
    if (attribute->rta_type == RTA_GATEWAY && *(uint32_t *)RTA_DATA(attribute) == gateway) return 1;
  return 0;
}

static int leads_over_gateway(struct nlmsghdr *message) {
  struct rtattr *attribute = RTM_RTA(NLMSG_DATA(message));
  int left = RTM_PAYLOAD(message);
  if (has_gateway(attribute, left)) return 1;
  for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
    if (attribute->rta_type != RTA_MULTIPATH) continue;
    int rest = RTA_PAYLOAD(attribute);
    for (struct rtnexthop *hop = RTA_DATA(attribute); RTNH_OK(hop, rest); hop = RTNH_NEXT(hop)) {
      if (has_gateway(RTNH_DATA(hop), hop->rtnh_len - sizeof *hop)) return 1;
      rest -= RTNH_ALIGN(hop->rtnh_len);
    }
  }
  return 0;
}

/* The number of the route that the message is about; ROUTES_MAX or more if it is none of ours. */
static uint32_t route_of(struct nlmsghdr *message) {
  struct rtmsg *route = NLMSG_DATA(message);
  int left = RTM_PAYLOAD(message);
  if (route->rtm_dst_len != 24 || route->rtm_protocol == RTPROT_KERNEL) return ROUTES_MAX;
  for (struct rtattr *at = RTM_RTA(route); RTA_OK(at, left); at = RTA_NEXT(at, left))
    if (at->rta_type == RTA_DST) return (ntohl(*(uint32_t *)RTA_DATA(at)) - first_network) >> 8;
  return ROUTES_MAX;
}

/* Also what is through may begin anew: a route that was healed is deleted once more. */
static void begin(struct watch *watch, uint8_t *state, int64_t time) {
  if (watch->first == 0) watch->first = time;
  watch->through -= *state == THROUGH;
  *state = BEGUN;
}

static void end(struct watch *watch, uint8_t *state, int64_t time) {
  if (*state != BEGUN) return;
  watch->through++;
  watch->last = time;
  *state = THROUGH;
}

static void read_route(struct watch *watch, struct nlmsghdr *message, int64_t time) {
  uint32_t at = route_of(message);
  if (at >= ROUTES_MAX) return;
  int is_deletion = message->nlmsg_type == RTM_DELROUTE;
  uint8_t *state = &watch->states[at];
  watch->deletions += is_deletion;
  if (happening == HEALED) {
    (is_deletion ? begin : end)(watch, state, time);
  } else if (is_deletion == (happening == WITHDRAWN) && !(happening == MOVED && leads_over_gateway(message))) {
    if (*state == UNTOUCHED) begin(watch, state, time);
    end(watch, state, time);
  }
}

static void read_message(struct watch *watch, struct nlmsghdr *message, int64_t time) {
  if (message->nlmsg_type == RTM_NEWROUTE || message->nlmsg_type == RTM_DELROUTE) read_route(watch, message, time);
  if (message->nlmsg_type != RTM_NEWLINK || watch->carrier_lost != 0) return;
  struct ifinfomsg *link = NLMSG_DATA(message);
  if ((link->ifi_flags & IFF_RUNNING) == 0) watch->carrier_lost = time;
}

static void receive(int fd, struct watch *watch) {
  static char bytes[AT_ONCE][MESSAGE_BYTES];
  struct iovec parts[AT_ONCE];
  struct mmsghdr messages[AT_ONCE];
  for (int at = 0; at < AT_ONCE; at++) {
    parts[at] = (struct iovec){ bytes[at], MESSAGE_BYTES };
    messages[at].msg_hdr = (struct msghdr){ .msg_iov = &parts[at], .msg_iovlen = 1 };
  }
  for (int got = AT_ONCE; got == AT_ONCE;) {
    got = recvmmsg(fd, messages, AT_ONCE, MSG_DONTWAIT, NULL);
    if (got < 0 && errno != EAGAIN) fail("recvmmsg");
    int64_t time = now();
    for (int at = 0; at < got; at++) {
      int left = messages[at].msg_len;
      for (struct nlmsghdr *message = (void *)bytes[at]; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left))
        read_message(watch, message, time);
    }
  }
}

/* When all were through for a moment; the deadline while one is not. */
static int64_t end_of(int namespaces, long routes, int64_t deadline) {
  int64_t latest = 0;
  for (int at = 0; at < namespaces; at++) {
    if (watches[at].through < routes) return deadline;
    if (watches[at].last > latest) latest = watches[at].last;
  }
  return latest + moment < deadline ? latest + moment : deadline;
}

int main(int count, char **argument) {
  int namespaces = count - 5;
  if (namespaces < 1 || namespaces > NAMESPACES_MAX) return 2;
  while (strcmp(argument[1], names[happening]) != 0)
    if (++happening == HAPPENINGS) return 2;
  long routes = atol(argument[2]);
  int64_t deadline = now() + atoll(argument[3]) * 1000000;
  gateway = inet_addr(argument[4]);
  struct pollfd sockets[NAMESPACES_MAX];
  for (int at = 0; at < namespaces; at++) sockets[at] = (struct pollfd){ subscribe(argument[5 + at]), POLLIN, 0 };
  sigaction(SIGTERM, &(struct sigaction){ .sa_handler = finish }, NULL);
  puts("ready");
  fflush(stdout);
  for (int64_t left; !is_over && (left = end_of(namespaces, routes, deadline) - now()) > 0;) {
    if (poll(sockets, namespaces, left / 1000000 + 1) <= 0) continue;
    for (int at = 0; at < namespaces; at++)
      if (sockets[at].revents != 0) receive(sockets[at].fd, &watches[at]);
    nanosleep(&(struct timespec){ 0, PAUSE_NS }, NULL);
  }
  for (int at = 0; at < namespaces; at++) {
    struct watch *watch = &watches[at];
    printf("{\"routes\":%ld,\"first\":%lld,\"last\":%lld,\"carrierLost\":%lld,\"deletions\":%ld}\n", watch->through,
           (long long)watch->first, (long long)watch->last, (long long)watch->carrier_lost, watch->deletions);
  }
  return 0;
}
