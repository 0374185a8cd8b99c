/**
 * Captures: pcap in both byte orders, with microseconds or nanoseconds, and pcapng.
 *
 * Source: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng. After it: `cooked-datagram`.
 */
import { viewOf } from '@ripstop/wire';
import { CommandError } from '../command.ts';

export interface CapturedFrame {
  /** From 1. */
  readonly number: number;
  /** RFC 3339, with nanoseconds. */
  readonly time: string;
  /** LINKTYPE_*. */
  readonly linkType: number;
  readonly bytes: Uint8Array;
  /** The capture holds only the beginning. */
  readonly cut: boolean;
}

const MICROSECONDS_MAGIC = 0xa1b2_c3d4;
const NANOSECONDS_MAGIC = 0xa1b2_3c4d;
const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;

const SECTION_HEADER = 0x0a0d_0d0a;
const SECTION_BYTE_ORDER_MAGIC = 0x1a2b_3c4d;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const BLOCK_BYTES_MIN = 12;
const TIMESTAMP_RESOLUTION_OPTION = 9;

const TRUNCATED = 'the capture ends in the middle of a packet';

/** The frames of a capture; undefined if `bytes` are none. @throws CommandError where it is damaged */
export function capturedFrames(bytes: Uint8Array): CapturedFrame[] | undefined {
  if (bytes.byteLength < 4) return undefined;
  const view = viewOf(bytes);
  try {
    if (view.getUint32(0) === SECTION_HEADER) return blockFrames(view);
    for (const little of [true, false]) {
      const magic = view.getUint32(0, little);
      if (magic === MICROSECONDS_MAGIC) return recordFrames(view, little, 1000n);
      if (magic === NANOSECONDS_MAGIC) return recordFrames(view, little, 1n);
    }
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) throw new CommandError(TRUNCATED);
    throw error;
  }
}

/** @param unit nanoseconds of a time stamp's fraction */
function recordFrames(view: DataView, little: boolean, unit: bigint): CapturedFrame[] {
  // The upper bits say whether frames end with a checksum.
  const linkType = view.getUint32(20, little) & 0xffff;
  const frames: CapturedFrame[] = [];
  for (let at = FILE_HEADER_BYTES; at < view.byteLength; ) {
    const seconds = BigInt(view.getUint32(at, little));
    const time = timeOf(seconds * 1_000_000_000n + BigInt(view.getUint32(at + 4, little)) * unit);
    const length = view.getUint32(at + 8, little);
    const cut = view.getUint32(at + 12, little) > length;
    const bytes = bytesAt(view, at + RECORD_HEADER_BYTES, length);
    frames.push({ number: frames.length + 1, time, linkType, bytes, cut });
    at += RECORD_HEADER_BYTES + length;
  }
  return frames;
}

/** An interface of a pcapng section: what its packets are, and the length of its ticks. */
interface CapturedInterface {
  readonly linkType: number;
  readonly ticksPerSecond: bigint;
}

function blockFrames(view: DataView): CapturedFrame[] {
  const frames: CapturedFrame[] = [];
  let interfaces: CapturedInterface[] = [];
  let little = true;
  for (let at = 0; at < view.byteLength; ) {
    if (view.getUint32(at) === SECTION_HEADER) {
      little = view.getUint32(at + 8, true) === SECTION_BYTE_ORDER_MAGIC;
      interfaces = [];
    }
    const type = view.getUint32(at, little);
    const length = view.getUint32(at + 4, little);
    if (length < BLOCK_BYTES_MIN || length % 4 !== 0)
      throw new CommandError(`the capture has a block of ${length} bytes at byte ${at}`);
    const block = viewOf(bytesAt(view, at, length));
    if (type === INTERFACE_DESCRIPTION) interfaces.push(describedInterface(block, little));
    else if (type === ENHANCED_PACKET) {
      const found = interfaces[block.getUint32(8, little)];
      if (found === undefined) throw new CommandError(`packet ${frames.length + 1} has an unknown interface`);
      const ticks = (BigInt(block.getUint32(12, little)) << 32n) | BigInt(block.getUint32(16, little));
      const captured = block.getUint32(20, little);
      frames.push({
        number: frames.length + 1,
        time: timeOf((ticks * 1_000_000_000n) / found.ticksPerSecond),
        linkType: found.linkType,
        bytes: bytesAt(block, 28, captured),
        cut: block.getUint32(24, little) > captured,
      });
    }
    at += length;
  }
  return frames;
}

function describedInterface(block: DataView, little: boolean): CapturedInterface {
  const linkType = block.getUint16(8, little);
  for (let at = 16; at + 4 <= block.byteLength - 4; ) {
    const option = block.getUint16(at, little);
    const length = block.getUint16(at + 2, little);
    if (option === 0) break;
    if (option === TIMESTAMP_RESOLUTION_OPTION) {
      const resolution = block.getUint8(at + 4);
      const base = (resolution & 0x80) === 0 ? 10n : 2n;
      return { linkType, ticksPerSecond: base ** BigInt(resolution & 0x7f) };
    }
    at += 4 + ((length + 3) & ~3);
  }
  return { linkType, ticksPerSecond: 1_000_000n };
}

/** @throws RangeError if they are not there */
function bytesAt(view: DataView, start: number, length: number): Uint8Array {
  if (start + length > view.byteLength) throw new RangeError(TRUNCATED);
  return new Uint8Array(view.buffer, view.byteOffset + start, length);
}

/** @param nanoseconds since 1970 */
function timeOf(nanoseconds: bigint): string {
  const seconds = nanoseconds / 1_000_000_000n;
  const fraction = String(nanoseconds % 1_000_000_000n).padStart(9, '0');
  const date = new Date(Number(seconds) * 1000);
  // Beyond the calendar: the number itself.
  if (Number.isNaN(date.getTime())) return `${seconds}.${fraction}`;
  return `${date.toISOString().slice(0, -5)}.${fraction}Z`;
}
