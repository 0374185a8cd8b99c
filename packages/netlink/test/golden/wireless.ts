/** Wireless events, as a 64-bit kernel lays them out: there is no wireless card to send them. */
import type { Golden } from './golden.ts';

export const associated: Golden = {
  provenance:
    'a C program with struct iw_event of linux/wireless.h, written as wireless_send_event() does: SIOCGIWAP',
  hex: `
    48000000100000000000000000000000000001000300000043100100000000000a000300776c616e300000001c000b00
    1800158b0000000001000200000000aa0000000000000000`,
};

export const disassociated: Golden = {
  provenance:
    'a C program with struct iw_event of linux/wireless.h, written as wireless_send_event() does: SIOCGIWAP with zeros',
  hex: `
    48000000100000000000000000000000000001000300000043100100000000000a000300776c616e300000001c000b00
    1800158b0000000001000000000000000000000000000000`,
};

export const registered: Golden = {
  provenance:
    'a C program with struct iw_event of linux/wireless.h, written as wireless_send_event() does: IWEVREGISTERED',
  hex: `
    48000000100000000000000000000000000001000300000043100100000000000a000300776c616e300000001c000b00
    1800038c0000000001000200000000aa0000000000000000`,
};

export const scanned: Golden = {
  provenance:
    'a C program with struct iw_event of linux/wireless.h, written as wireless_send_event() does: SIOCGIWSCAN',
  hex: `
    40000000100000000000000000000000000001000300000043100100000000000a000300776c616e3000000014000b00
    1000198b000000000000000000000000`,
};

export const named: Golden = {
  provenance:
    'a C program with struct iw_event of linux/wireless.h, written as wireless_send_event() does: SIOCSIWESSID',
  hex: `
    48000000100000000000000000000000000001000300000043100100000000000a000300776c616e3000000019000b00
    15001a8b0000000005000100000000006174746963000000`,
};

export const custom: Golden = {
  provenance:
    'a C program with struct iw_event of linux/wireless.h, written as wireless_send_event() does: IWEVCUSTOM',
  hex: `
    48000000100000000000000000000000000001000300000043100100000000000a000300776c616e300000001b000b00
    1700028c00000000070000000000000052656b6579656400`,
};

export const mode: Golden = {
  provenance:
    'a C program with struct iw_event of linux/wireless.h, written as wireless_send_event() does: SIOCSIWMODE',
  hex: `
    3c000000100000000000000000000000000001000300000043100100000000000a000300776c616e3000000010000b00
    0c00068b0000000002000000`,
};

export const frequency: Golden = {
  provenance:
    'a C program with struct iw_event of linux/wireless.h, written as wireless_send_event() does: SIOCSIWFREQ',
  hex: `
    40000000100000000000000000000000000001000300000043100100000000000a000300776c616e3000000014000b00
    1000048b000000006c09000006000000`,
};

export const quality: Golden = {
  provenance:
    'a C program with struct iw_event of linux/wireless.h, written as wireless_send_event() does: IWEVQUAL, which has no table',
  hex: `
    3c000000100000000000000000000000000001000300000043100100000000000a000300776c616e3000000010000b00
    0c00018c0000000007000000`,
};
