/*
 * The floor under reading and writing RIP packets: each of 4,000 packets of 25 entries into structs and back, with the
 * checks of RFC 2453 3.9.2 on the way in. Prints for each round the microseconds of reading and of writing.
 *
 *   packets ROUNDS
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PACKETS = 4000, ENTRIES = 25, PACKET_BYTES = 4 + ENTRIES * 20 };

struct wire { uint16_t family, tag; uint32_t address, mask, next_hop, metric; };
struct entry { uint32_t address, next_hop; uint16_t tag; uint8_t length, metric; };

static uint8_t bytes[PACKETS][PACKET_BYTES];
static struct entry entries[PACKETS * ENTRIES];

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

__attribute__((noinline)) static void encode(void) {
  for (int packet = 0, at = 0; packet < PACKETS; packet++) {
    memcpy(bytes[packet], (uint8_t[]){ 2, 2, 0, 0 }, 4);
    for (int i = 0; i < ENTRIES; i++, at++) {
      struct entry *entry = &entries[at];
      struct wire wire = { htons(2), htons(entry->tag), htonl(entry->address),
                           htonl(entry->length ? ~0u << (32 - entry->length) : 0), htonl(entry->next_hop),
                           htonl(entry->metric) };
      memcpy(bytes[packet] + 4 + i * 20, &wire, 20);
    }
  }
}

__attribute__((noinline)) static int decode(void) {
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
      entries[accepted++] = (struct entry){ address, ntohl(wire.next_hop), ntohs(wire.tag),
                                            (uint8_t)__builtin_popcount(mask), (uint8_t)metric };
    }
  }
  return accepted;
}

int main(int count, char **argument) {
  int rounds = count == 2 ? atoi(argument[1]) : 1;
  for (int at = 0; at < PACKETS * ENTRIES; at++)
    entries[at] = (struct entry){ 10u << 24 | (uint32_t)at << 8, 0, 0, 24, 1 + at % 15 };
  for (int round = 0; round < rounds; round++) {
    double start = now();
    encode();
    double middle = now();
    if (decode() != PACKETS * ENTRIES) return 1;
    double end = now();
    printf("%.1f %.1f\n", end - middle, middle - start);
  }
  return 0;
}
