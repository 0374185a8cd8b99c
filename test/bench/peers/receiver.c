/*
 * The floor under hearing a neighbor: takes every packet of the protocol from the kernel, and does nothing with it.
 *
 *   receiver rip|ripng INTERFACE
 *
 * Prints `receiving` when it is; then it never ends by itself.
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

enum { ROOM = 8 << 20, AT_ONCE = 64, PACKET_BYTES = 1500 };

static void must(int result, const char *what) {
  if (result >= 0) return;
  perror(what);
  exit(1);
}

static int open_rip(unsigned interface) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in port = { .sin_family = AF_INET, .sin_port = htons(520) };
  struct ip_mreqn group = { .imr_ifindex = interface };
  inet_pton(AF_INET, "224.0.0.9", &group.imr_multiaddr);
  must(bind(fd, (void *)&port, sizeof port), "bind");
  must(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group), "IP_ADD_MEMBERSHIP");
  return fd;
}

static int open_ripng(unsigned interface) {
  int fd = socket(AF_INET6, SOCK_DGRAM, 0);
  struct sockaddr_in6 port = { .sin6_family = AF_INET6, .sin6_port = htons(521) };
  struct ipv6_mreq group = { .ipv6mr_interface = interface };
  inet_pton(AF_INET6, "ff02::9", &group.ipv6mr_multiaddr);
  must(bind(fd, (void *)&port, sizeof port), "bind");
  must(setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &group, sizeof group), "IPV6_JOIN_GROUP");
  return fd;
}

int main(int count, char **argument) {
  if (count != 3) return 2;
  unsigned interface = if_nametoindex(argument[2]);
  int fd = (strcmp(argument[1], "ripng") == 0 ? open_ripng : open_rip)(interface), room = ROOM;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);

  static uint8_t bytes[AT_ONCE][PACKET_BYTES];
  static struct iovec part[AT_ONCE];
  static struct mmsghdr message[AT_ONCE];
  for (int at = 0; at < AT_ONCE; at++) {
    part[at] = (struct iovec){ bytes[at], PACKET_BYTES };
    message[at].msg_hdr = (struct msghdr){ .msg_iov = &part[at], .msg_iovlen = 1 };
  }
  puts("receiving");
  fflush(stdout);
  for (;;) must(recvmmsg(fd, message, AT_ONCE, MSG_WAITFORONE, NULL), "recvmmsg");
}
