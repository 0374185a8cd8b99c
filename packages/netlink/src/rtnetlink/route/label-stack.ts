/**
 * MPLS label stacks (RFC 3032 §2.1): of a tunnel (MPLS_IPTUNNEL_DST) and of what a label is swapped for (RTA_NEWDST).
 * Used by `encapsulation` and `multipath`.
 */
import { type Codec, DecodeError, EncodeError, u32be } from '@ripstop/wire';

/** Labels have 20 bits. */
const LABEL_MAX = 0xf_ffff;
const LABEL_SHIFT = 12;
/** The bit of the last entry. */
const BOTTOM = 0x100;

/**
 * Labels, outermost first: 4 bytes each.
 * Linux: traffic class and TTL of an entry in a message must be 0, so a label is all there is to an entry.
 */
export const labelStack: Codec<readonly number[]> = {
  name: 'labels',
  sizeOf: (labels) => labels.length * u32be.size,
  encode(labels, view, offset) {
    for (const [index, label] of labels.entries()) {
      if (!Number.isInteger(label) || label < 0 || label > LABEL_MAX)
        throw new EncodeError(`labels: a label from 0 to ${LABEL_MAX} expected, got ${label}`);
      const bottom = index === labels.length - 1 ? BOTTOM : 0;
      u32be.encode(label * 2 ** LABEL_SHIFT + bottom, view, offset + index * u32be.size);
    }
  },
  decode(view, start, end) {
    const labels: number[] = [];
    for (let at = start; at < end; at += u32be.size) {
      const entry = u32be.decode(view, at, end);
      const bottom = at + u32be.size >= end ? BOTTOM : 0;
      if ((entry & 0xfff) !== bottom)
        throw new DecodeError('labels', at, `entry 0x${entry.toString(16)} is not a label in its place`);
      labels.push(entry >>> LABEL_SHIFT);
    }
    return labels;
  },
  format: (labels) => labels.join('/'),
};
