/** Hardware addresses. A `LinkAddress` is its text, as `ip` prints it: `52:54:00:12:34:56`; any number of bytes. */
import { bytesAt, type Codec, EncodeError } from '@ripstop/wire';

export type LinkAddress = string;

/** Pairs of hexadecimal digits with colons between them; empty for no bytes. */
const ADDRESS = /^(?:[0-9a-f]{2}(?::[0-9a-f]{2})*)?$/i;

export const linkAddress: Codec<LinkAddress> = {
  name: 'lladdr',
  sizeOf: (value) => Math.ceil(value.length / 3),
  encode(value, view, offset) {
    if (!ADDRESS.test(value))
      throw new EncodeError(`lladdr: ${JSON.stringify(value)} is not a hardware address`);
    for (let at = 0; at < value.length; at += 3) {
      view.setUint8(offset + at / 3, Number.parseInt(value.slice(at, at + 2), 16));
    }
  },
  decode(view, start, end) {
    const pairs = Array.from(bytesAt(view, start, end), (byte) => byte.toString(16).padStart(2, '0'));
    return pairs.join(':');
  },
};
