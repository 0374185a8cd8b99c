/*
 * A stream through a router: every millisecond a packet of UDP to another one of the networks 20.0.0.0/24, 20.0.1.0/24, …, and
 * how many of them arrive in the namespaces of the neighbors, which take all these networks for their own.
 *
 *   stream SENDER NEIGHBOR...
 *
 * Prints `ready` when it begins. With SIGTERM it stops, waits for what is still on its way, and prints a line of JSON: how many
 * were sent, and how many of these were lost.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Steps of a prime that does not divide the count lead to all networks, near ones far apart in time. */
enum { PORT = 7007, NETWORKS = 10000, STEP = 6007, NEIGHBORS_MAX = 8, MILLISECOND = 1000000, ROOM = 8 << 20 };

static volatile sig_atomic_t is_over;
static int neighbors[NEIGHBORS_MAX];

static void finish(int signal) {
  (void)signal;
  is_over = 1;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int open_socket(const char *namespace) {
  char path[256];
  snprintf(path, sizeof path, "/run/netns/%s", namespace);
  int there = open(path, O_RDONLY | O_CLOEXEC), room = ROOM;
  if (there < 0 || setns(there, CLONE_NEWNET) < 0) fail(path);
  close(there);
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0) fail("socket");
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) < 0) fail("SO_RCVBUFFORCE");
  struct sockaddr_in port = { .sin_family = AF_INET, .sin_port = htons(PORT) };
  if (bind(fd, (void *)&port, sizeof port) < 0) fail("bind");
  return fd;
}

static long arrived(int count) {
  long packets = 0;
  for (int at = 0; at < count; at++)
    for (char byte; recv(neighbors[at], &byte, 1, MSG_DONTWAIT) >= 0;) packets++;
  return packets;
}

int main(int count, char **argument) {
  int sinks = count - 2;
  if (sinks < 1 || sinks > NEIGHBORS_MAX) return 2;
  for (int at = 0; at < sinks; at++) neighbors[at] = open_socket(argument[2 + at]);
  int fd = open_socket(argument[1]);
  sigaction(SIGTERM, &(struct sigaction){ .sa_handler = finish }, NULL);
  puts("ready");
  fflush(stdout);
  struct timespec next;
  clock_gettime(CLOCK_MONOTONIC, &next);
  long sent = 0, received = 0;
  for (; !is_over; sent++) {
    uint32_t network = sent * STEP % NETWORKS;
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) };
    to.sin_addr.s_addr = htonl((20u << 24) + (network << 8) + 1);
    if (sendto(fd, "", 1, 0, (void *)&to, sizeof to) < 0) fail("sendto");
    received += arrived(sinks);
    next.tv_nsec += MILLISECOND;
    next.tv_sec += next.tv_nsec / 1000000000;
    next.tv_nsec %= 1000000000;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
  }
  nanosleep(&(struct timespec){ 0, 200 * MILLISECOND }, NULL);
  received += arrived(sinks);
  printf("{\"sent\":%ld,\"lost\":%ld}\n", sent, sent - received);
  return 0;
}
