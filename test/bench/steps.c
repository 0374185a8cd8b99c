/*
 * The floor under learning from RIP packets: 4,000 packets of 25 entries are read, checked as in RFC 2453 3.9.2, and kept in
 * a hash table with metric, next hop and timeout; then all of them once more, which only moves the timeouts. Prints for each
 * round the microseconds of learning and of hearing again.
 *
 *   steps ROUNDS
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PACKETS = 4000, ENTRIES = 25, PACKET_BYTES = 4 + ENTRIES * 20, TIMEOUT = 180000 };

struct wire { uint16_t family, tag; uint32_t address, mask, next_hop, metric; };
struct route { uint32_t address, next_hop; uint16_t tag; uint8_t length, metric; uint64_t expires; struct route *next; };

enum { SLOTS = 1 << 17 };
static uint8_t bytes[PACKETS][PACKET_BYTES];
static struct route *slots[SLOTS];

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static void encode(void) {
  for (int packet = 0, at = 0; packet < PACKETS; packet++) {
    memcpy(bytes[packet], (uint8_t[]){ 2, 2, 0, 0 }, 4);
    for (int i = 0; i < ENTRIES; i++, at++) {
      struct wire wire = { htons(2), 0, htonl(20u << 24 | (uint32_t)at << 8), htonl(~0u << 8), 0, htonl(1 + at % 14) };
      memcpy(bytes[packet] + 4 + i * 20, &wire, 20);
    }
  }
}

/* Every route an allocation of its own, as in a router that keeps them apart. */
static void offer(uint32_t address, uint8_t length, uint32_t next_hop, uint16_t tag, uint8_t metric, uint64_t time) {
  struct route **slot = &slots[((address ^ length) * 2654435761u) >> 15];
  for (struct route *route = *slot; route != NULL; route = route->next) {
    if (route->address != address || route->length != length) continue;
    if (route->metric == metric && route->tag == tag && route->next_hop == next_hop) {
      route->expires = time + TIMEOUT;
      return;
    }
    abort();
  }
  struct route *route = malloc(sizeof *route);
  *route = (struct route){ address, next_hop, tag, length, metric, time + TIMEOUT, *slot };
  *slot = route;
}

static int hear(uint64_t time) {
  int accepted = 0;
  for (int packet = 0; packet < PACKETS; packet++) {
    if (bytes[packet][0] != 2 || bytes[packet][1] != 2) continue;
    for (int i = 0; i < ENTRIES; i++) {
      struct wire wire;
      memcpy(&wire, bytes[packet] + 4 + i * 20, 20);
      uint32_t address = ntohl(wire.address), mask = ntohl(wire.mask), metric = ntohl(wire.metric);
      uint32_t net = address >> 24;
      if (wire.family != htons(2) || metric < 1 || metric > 16 || (~mask & (~mask + 1)) != 0) continue;
      if ((address & ~mask) != 0 || net == 127 || net >= 224 || (net == 0 && address != 0)) continue;
      metric = metric + 1 > 16 ? 16 : metric + 1;
      offer(address, (uint8_t)__builtin_popcount(mask), ntohl(wire.next_hop), ntohs(wire.tag), (uint8_t)metric, time);
      accepted++;
    }
  }
  return accepted;
}

int main(int count, char **argument) {
  int rounds = count == 2 ? atoi(argument[1]) : 1;
  encode();
  for (int round = 0; round < rounds; round++) {
    double start = now();
    if (hear(1000) != PACKETS * ENTRIES) return 1;
    double middle = now();
    if (hear(31000) != PACKETS * ENTRIES) return 1;
    double end = now();
    printf("%.1f %.1f\n", middle - start, end - middle);
    for (int slot = 0; slot < SLOTS; slot++) {
      for (struct route *route = slots[slot], *next; route != NULL; route = next) {
        next = route->next;
        free(route);
      }
      slots[slot] = NULL;
    }
  }
  return 0;
}
