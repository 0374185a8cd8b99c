/*
 * The floor under reading and writing RIP and RIPng packets: each of 4,000 packets into structs and back, with the checks of
 * RFC 2453 3.9.2 or RFC 2080 2.4.2 on the way in. A packet has 25 entries, of RIPng 72, as many as Ethernet carries.
 * Prints for each round the microseconds of reading and of writing.
 *
 *   packets rip|ripng ROUNDS
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PACKETS = 4000, ENTRIES = 25, NG_ENTRIES = 72, ENTRY_BYTES = 20, PACKET_BYTES = 4 + NG_ENTRIES * ENTRY_BYTES };

struct wire { uint16_t family, tag; uint32_t address, mask, next_hop, metric; };
struct entry { uint32_t address, next_hop; uint16_t tag; uint8_t length, metric; };
struct ng_wire { uint8_t address[16]; uint16_t tag; uint8_t length, metric; };
struct ng_entry { uint8_t address[16], next_hop[16]; uint16_t tag; uint8_t length, metric; };

static uint8_t bytes[PACKETS][PACKET_BYTES];
static struct entry entries[PACKETS * ENTRIES];
static struct ng_entry ng_entries[PACKETS * NG_ENTRIES];

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static void fill(void) {
  for (int at = 0; at < PACKETS * ENTRIES; at++)
    entries[at] = (struct entry){ 10u << 24 | (uint32_t)at << 8, 0, 0, 24, 1 + at % 15 };
}

__attribute__((noinline)) static void encode(void) {
  for (int packet = 0, at = 0; packet < PACKETS; packet++) {
    memcpy(bytes[packet], (uint8_t[]){ 2, 2, 0, 0 }, 4);
    for (int i = 0; i < ENTRIES; i++, at++) {
      struct entry *entry = &entries[at];
      struct wire wire = { htons(2), htons(entry->tag), htonl(entry->address),
                           htonl(entry->length ? ~0u << (32 - entry->length) : 0), htonl(entry->next_hop),
                           htonl(entry->metric) };
      memcpy(bytes[packet] + 4 + i * ENTRY_BYTES, &wire, ENTRY_BYTES);
    }
  }
}

__attribute__((noinline)) static int decode(void) {
  int accepted = 0;
  for (int packet = 0; packet < PACKETS; packet++) {
    if (bytes[packet][0] != 2 || bytes[packet][1] != 2) continue;
    for (int i = 0; i < ENTRIES; i++) {
      struct wire wire;
      memcpy(&wire, bytes[packet] + 4 + i * ENTRY_BYTES, ENTRY_BYTES);
      uint32_t address = ntohl(wire.address), mask = ntohl(wire.mask), metric = ntohl(wire.metric);
      uint32_t net = address >> 24;
      if (wire.family != htons(2) || metric < 1 || metric > 16 || (~mask & (~mask + 1)) != 0) continue;
      if ((address & ~mask) != 0 || net == 127 || net >= 224 || (net == 0 && address != 0)) continue;
      entries[accepted++] = (struct entry){ address, ntohl(wire.next_hop), ntohs(wire.tag),
                                            (uint8_t)__builtin_popcount(mask), (uint8_t)metric };
    }
  }
  return accepted == PACKETS * ENTRIES;
}

static void ng_fill(void) {
  for (int at = 0; at < PACKETS * NG_ENTRIES; at++)
    ng_entries[at] = (struct ng_entry){ .address = { 0x20, 0x01, 0x0d, at >> 16, at >> 8 & 255, at & 255 },
                                        .length = 48, .metric = 1 + at % 15 };
}

/* Names a next hop where it changes; the routes of these packets have none. */
__attribute__((noinline)) static void ng_encode(void) {
  for (int packet = 0, at = 0; packet < PACKETS; packet++) {
    static const uint8_t none[16];
    memcpy(bytes[packet], (uint8_t[]){ 2, 1, 0, 0 }, 4);
    for (int i = 0; i < NG_ENTRIES; i++, at++) {
      struct ng_entry *entry = &ng_entries[at];
      if (memcmp(entry->next_hop, none, 16) != 0) abort();
      struct ng_wire wire = { .tag = htons(entry->tag), .length = entry->length, .metric = entry->metric };
      memcpy(wire.address, entry->address, 16);
      memcpy(bytes[packet] + 4 + i * ENTRY_BYTES, &wire, ENTRY_BYTES);
    }
  }
}

__attribute__((noinline)) static int ng_decode(void) {
  int accepted = 0;
  for (int packet = 0; packet < PACKETS; packet++) {
    uint8_t next_hop[16] = { 0 };
    if (bytes[packet][0] != 2 || bytes[packet][1] != 1) continue;
    for (int i = 0; i < NG_ENTRIES; i++) {
      struct ng_wire wire;
      memcpy(&wire, bytes[packet] + 4 + i * ENTRY_BYTES, ENTRY_BYTES);
      int is_link_local = wire.address[0] == 0xfe && (wire.address[1] & 0xc0) == 0x80;
      if (wire.metric == 255) {
        memset(next_hop, 0, 16);
        if (is_link_local) memcpy(next_hop, wire.address, 16);
        continue;
      }
      if (wire.metric < 1 || wire.metric > 16 || wire.length > 128 || wire.address[0] == 0xff || is_link_local) continue;
      struct ng_entry *entry = &ng_entries[accepted++];
      int whole = wire.length / 8;
      memset(entry->address, 0, 16);
      memcpy(entry->address, wire.address, whole);
      if (whole < 16) entry->address[whole] = wire.address[whole] & 0xff00 >> wire.length % 8;
      memcpy(entry->next_hop, next_hop, 16);
      entry->tag = ntohs(wire.tag);
      entry->length = wire.length;
      entry->metric = wire.metric;
    }
  }
  return accepted == PACKETS * NG_ENTRIES;
}

int main(int count, char **argument) {
  int is_ng = count > 1 && strcmp(argument[1], "ripng") == 0;
  int rounds = count > 2 ? atoi(argument[2]) : 1;
  (is_ng ? ng_fill : fill)();
  for (int round = 0; round < rounds; round++) {
    double start = now();
    (is_ng ? ng_encode : encode)();
    double middle = now();
    if (!(is_ng ? ng_decode : decode)()) return 1;
    double end = now();
    printf("%.1f %.1f\n", end - middle, middle - start);
  }
  return 0;
}
