/**
 * Events of the wireless extensions: IFLA_WIRELESS holds one struct iw_event (linux/wireless.h), as a 64-bit kernel lays
 * it out. Before it: a driver or wpa_supplicant. After it: `link-attributes.ts`.
 *
 * Linux: such a message has the link's header, its name and the event, and nothing else: what is not there has not
 * changed. Newer programs follow nl80211 instead.
 */
import {
  bytesAt,
  type Codec,
  decode,
  encode,
  enumeration,
  explainInto,
  fixedBytes,
  hex,
  i32,
  padding,
  struct,
  u8,
  u16,
  u32,
  utf8Decode,
  utf8Encode,
  variants,
} from '@ripstop/wire';
import { type LinkAddress, linkAddress } from '../link-address.ts';

/** SIOC?IW* (G: was asked or found, S: was set) and IWEV*. */
export const wirelessCommand = enumeration('IW', u16, {
  SIOCSIWFREQ: 0x8b04,
  SIOCSIWMODE: 0x8b06,
  SIOCSIWAP: 0x8b14,
  SIOCGIWAP: 0x8b15,
  SIOCGIWSCAN: 0x8b19,
  SIOCSIWESSID: 0x8b1a,
  SIOCGIWESSID: 0x8b1b,
  IWEVTXDROP: 0x8c00,
  IWEVCUSTOM: 0x8c02,
  IWEVREGISTERED: 0x8c03,
  IWEVEXPIRED: 0x8c04,
  IWEVGENIE: 0x8c05,
  IWEVASSOCREQIE: 0x8c07,
  IWEVASSOCRESPIE: 0x8c08,
});

/** The beginning of struct iw_event; what follows is aligned to 8, because some of it holds a pointer in other places. */
const eventStart = struct('iw_event', 8, { length: u16, command: wirelessCommand, pad: padding(4) });

/** struct iw_point without its pointer: what it points to stands behind it. */
const pointStart = struct('iw_point', 8, { length: u16, flags: u16, pad: padding(4) });

/** Bytes of the parts of an event; for the test of the headers. */
export const wirelessLengths = { IW_EV_LCP_LEN: eventStart.size, IW_EV_POINT_LEN: 16, IW_EV_ADDR_LEN: 24 };

/** ARPHRD_ETHER: what a struct sockaddr with a hardware address says it is. */
const ETHERNET = 1;
const socketAddress = struct('sockaddr', 16, {
  family: u16,
  address: fixedBytes(6),
  pad: padding(8),
});

/** An access point or a station; zeros: none, the association is over. */
const station: Codec<{ readonly address: LinkAddress }> = {
  name: 'sockaddr',
  sizeOf: () => socketAddress.size,
  encode(value, view, offset) {
    const address = encode(linkAddress, value.address);
    socketAddress.encode({ family: ETHERNET, address }, view, offset);
  },
  decode(view, start, end) {
    const { address } = socketAddress.decode(view, start, end);
    return { address: decode(linkAddress, address) };
  },
  format: ({ address }) => address,
};

/** Bytes with flags. */
const data: Codec<{ readonly flags: number; readonly data: Uint8Array }> = {
  name: 'iw_point',
  sizeOf: (value) => pointStart.size + value.data.byteLength,
  encode(value, view, offset) {
    pointStart.encode({ length: value.data.byteLength, flags: value.flags }, view, offset);
    const at = offset + pointStart.size;
    bytesAt(view, at, at + value.data.byteLength).set(value.data);
  },
  decode(view, start, end) {
    const { length, flags } = pointStart.decode(view, start, end);
    const from = Math.min(end, start + pointStart.size);
    return { flags, data: bytesAt(view, from, Math.min(end, from + length)).slice() };
  },
  format: (value) => `flags ${value.flags} ${hex(value.data)}`,
};

/** A text as bytes: the name of a network (flags 0: whichever there is), or words of the driver. */
const text: Codec<{ readonly flags: number; readonly text: string }> = {
  name: 'iw_point',
  sizeOf: (value) => pointStart.size + utf8Encode(value.text).byteLength,
  encode: (value, view, offset) =>
    data.encode({ flags: value.flags, data: utf8Encode(value.text) }, view, offset),
  decode(view, start, end) {
    const { flags, data: encoded } = data.decode(view, start, end);
    return { flags, text: utf8Decode(encoded) };
  },
  format: (value) => `flags ${value.flags} ${JSON.stringify(value.text)}`,
};

const mode = struct('iw_mode', 4, { mode: u32 });
/** struct iw_freq: `mantissa` times ten to the power of `exponent` Hz; with exponent 0, the number of a channel. */
const frequency = struct('iw_freq', 8, { mantissa: i32, exponent: u16, index: u8, flags: u8 });

/** Whatever it is. */
const raw: Codec<{ readonly data: Uint8Array }> = {
  name: 'bytes',
  sizeOf: (value) => value.data.byteLength,
  encode: (value, view, offset) => bytesAt(view, offset, offset + value.data.byteLength).set(value.data),
  decode: (view, start, end) => ({ data: bytesAt(view, start, end).slice() }),
  format: (value) => hex(value.data),
};

type Command = ReturnType<typeof wirelessCommand.nameOf>;

/** An event with `rest` behind its beginning, as one flat value. */
function event<Value extends object, Input extends object>(
  rest: Codec<Value, Input>,
): Codec<Value & { readonly command: Command }, Input & { readonly command: Command }> {
  const startOfRest = (start: number, end: number): number => Math.min(end, start + eventStart.size);
  return {
    name: 'iw_event',
    sizeOf: (value) => eventStart.size + rest.sizeOf(value),
    encode(value, view, offset) {
      const length = eventStart.size + rest.sizeOf(value);
      eventStart.encode({ length, command: value.command }, view, offset);
      rest.encode(value, view, offset + eventStart.size);
    },
    decode(view, start, end) {
      const { command } = eventStart.decode(view, start, end);
      return { command, ...rest.decode(view, startOfRest(start, end), end) };
    },
    explain(view, start, end, path, lines) {
      eventStart.explain?.(view, start, end, path, lines);
      explainInto(rest, view, startOfRest(start, end), end, `${path}.event`, lines);
    },
  };
}

/** IFLA_WIRELESS. Events that are not named here stay bytes. */
export const wirelessEvent = variants('command', event(raw), {
  SIOCSIWFREQ: event(frequency),
  SIOCSIWMODE: event(mode),
  SIOCSIWAP: event(station),
  SIOCGIWAP: event(station),
  SIOCGIWSCAN: event(data),
  SIOCSIWESSID: event(text),
  SIOCGIWESSID: event(text),
  IWEVTXDROP: event(station),
  IWEVCUSTOM: event(text),
  IWEVREGISTERED: event(station),
  IWEVEXPIRED: event(station),
  IWEVGENIE: event(data),
  IWEVASSOCREQIE: event(data),
  IWEVASSOCRESPIE: event(data),
});
