/*
 * The floor under installing routes: rtnetlink from C, batched as Ripstop batches.
 *
 *   routes add|delete COUNT GATEWAY INTERFACE_INDEX < ORDER
 *
 * ORDER: COUNT numbers of 32 bits, host byte order; number n is the nth /24 from 20.0.0.0 on. Prints the
 * microseconds it took. 256 messages go in one send; the last of them asks for an acknowledgement.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 256, PROTOCOL = 189, PRIORITY = 20 };

struct request {
  struct nlmsghdr header;
  struct rtmsg route;
  struct { struct rtattr header; uint32_t value; } destination, priority, table, gateway, interface;
};

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

/* Waits for the acknowledgement; refusals of other messages come before it. */
static void acknowledge(int fd) {
  for (;;) {
    char answer[8192];
    ssize_t length = recv(fd, answer, sizeof answer, 0);
    if (length < 0) fail("recv");
    for (struct nlmsghdr *at = (void *)answer; NLMSG_OK(at, length); at = NLMSG_NEXT(at, length)) {
      struct nlmsgerr *error = NLMSG_DATA(at);
      if (at->nlmsg_type != NLMSG_ERROR) continue;
      if (error->error == 0) return;
      errno = -error->error;
      fail("route");
    }
  }
}

int main(int count, char **argument) {
  if (count != 5) return 2;
  int adding = strcmp(argument[1], "add") == 0;
  uint32_t routes = atoi(argument[2]), *order = malloc(routes * sizeof *order);
  if (fread(order, sizeof *order, routes, stdin) != routes) fail("order");

  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), one = 1;
  if (fd < 0) fail("socket");
  setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof one);

  static struct request batch[BATCH];
  struct request template = {
    .header = { .nlmsg_type = adding ? RTM_NEWROUTE : RTM_DELROUTE },
    .route = { .rtm_family = AF_INET, .rtm_dst_len = 24, .rtm_protocol = PROTOCOL,
               .rtm_scope = adding ? RT_SCOPE_UNIVERSE : RT_SCOPE_NOWHERE, .rtm_type = adding ? RTN_UNICAST : RTN_UNSPEC },
    .destination = { { 8, RTA_DST }, 0 },
    .priority = { { 8, RTA_PRIORITY }, PRIORITY },
    .table = { { 8, RTA_TABLE }, RT_TABLE_MAIN },
    .gateway = { { 8, RTA_GATEWAY }, inet_addr(argument[3]) },
    .interface = { { 8, RTA_OIF }, atoi(argument[4]) },
  };
  /* A delete names the route by prefix, table, priority and protocol only. */
  uint32_t size = adding ? sizeof(struct request) : offsetof(struct request, gateway);

  double start = now();
  for (uint32_t sent = 0; sent < routes;) {
    char *end = (char *)batch;
    for (int filled = 0; filled < BATCH && sent < routes; filled++, sent++) {
      int last = filled == BATCH - 1 || sent == routes - 1;
      template.header.nlmsg_len = size;
      template.header.nlmsg_flags = NLM_F_REQUEST | (adding ? NLM_F_CREATE | NLM_F_EXCL : 0) | (last ? NLM_F_ACK : 0);
      template.header.nlmsg_seq = sent + 1;
      template.destination.value = htonl((20u << 24) + (order[sent] << 8));
      memcpy(end, &template, size);
      end += size;
    }
    if (send(fd, batch, end - (char *)batch, 0) < 0) fail("send");
    acknowledge(fd);
  }
  printf("%.0f\n", now() - start);
  return 0;
}
