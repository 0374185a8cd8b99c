/*
 * Looks for the route to a prefix, over and over, until SIGTERM: asks the kernel for the route to its first address, and
 * lists the main table. Prints `ready` when both have found it, `gone` when the list has it no more for the first time, and
 * at the end how often it was not found.
 *
 *   route-reader ADDRESS LENGTH
 */
#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct request {
  struct nlmsghdr header;
  struct rtmsg route;
  struct rtattr attribute;
  unsigned char destination[16];
};

static volatile sig_atomic_t ended;
static int family, length, address_bytes;
static unsigned char address[16];

static void end(int signal) {
  (void)signal;
  ended = 1;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static struct rtattr *attribute(struct nlmsghdr *message, int type) {
  int left = RTM_PAYLOAD(message);
  for (struct rtattr *at = RTM_RTA(NLMSG_DATA(message)); RTA_OK(at, left); at = RTA_NEXT(at, left))
    if (at->rta_type == type) return at;
  return NULL;
}

static ssize_t receive(int fd, char *answer, size_t size) {
  ssize_t bytes = recv(fd, answer, size, 0);
  if (bytes < 0) fail("recv");
  return bytes;
}

static int is_found(int fd) {
  struct request request = {
    .header = { .nlmsg_type = RTM_GETROUTE, .nlmsg_flags = NLM_F_REQUEST },
    .route = { .rtm_family = family, .rtm_dst_len = address_bytes * 8 },
    .attribute = { .rta_type = RTA_DST, .rta_len = RTA_LENGTH(address_bytes) },
  };
  memcpy(request.destination, address, address_bytes);
  request.header.nlmsg_len = NLMSG_LENGTH(sizeof request.route) + RTA_LENGTH(address_bytes);
  if (send(fd, &request, request.header.nlmsg_len, 0) < 0) fail("send");
  char answer[8192];
  ssize_t left = receive(fd, answer, sizeof answer);
  struct nlmsghdr *message = (void *)answer;
  return NLMSG_OK(message, left) && message->nlmsg_type == RTM_NEWROUTE && attribute(message, RTA_GATEWAY);
}

static int is_listed(int fd) {
  struct request request = {
    .header = { .nlmsg_type = RTM_GETROUTE, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
    .route = { .rtm_family = family, .rtm_table = RT_TABLE_MAIN },
  };
  request.header.nlmsg_len = NLMSG_LENGTH(sizeof request.route);
  if (send(fd, &request, request.header.nlmsg_len, 0) < 0) fail("send");
  int is_there = 0;
  for (;;) {
    char answer[32768];
    ssize_t left = receive(fd, answer, sizeof answer);
    for (struct nlmsghdr *at = (void *)answer; NLMSG_OK(at, left); at = NLMSG_NEXT(at, left)) {
      if (at->nlmsg_type == NLMSG_DONE) return is_there;
      if (at->nlmsg_type != RTM_NEWROUTE) fail("list");
      struct rtmsg *route = NLMSG_DATA(at);
      struct rtattr *destination = attribute(at, RTA_DST);
      if (route->rtm_dst_len == length && destination != NULL &&
          memcmp(RTA_DATA(destination), address, address_bytes) == 0)
        is_there = 1;
    }
  }
}

int main(int count, char **argument) {
  if (count != 3) return 2;
  family = strchr(argument[1], ':') == NULL ? AF_INET : AF_INET6;
  address_bytes = family == AF_INET ? 4 : 16;
  length = atoi(argument[2]);
  if (inet_pton(family, argument[1], address) != 1) return 2;

  signal(SIGTERM, end);
  int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), on = 1;
  if (fd < 0 || setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof on) < 0) fail("socket");
  while (!(is_found(fd) && is_listed(fd))) continue;
  puts("ready");
  fflush(stdout);
  unsigned long rounds = 0, not_found = 0, not_found_twice = 0, not_listed = 0;
  int was_found = 1;
  while (!ended) {
    int found = is_found(fd);
    not_found += !found;
    not_found_twice += !found && !was_found;
    if (!is_listed(fd) && not_listed++ == 0) puts("gone"), fflush(stdout);
    was_found = found;
    rounds++;
  }
  printf("{\"rounds\":%lu,\"notFound\":%lu,\"notFoundTwice\":%lu,\"notListed\":%lu}\n", rounds, not_found,
         not_found_twice, not_listed);
  return 0;
}
