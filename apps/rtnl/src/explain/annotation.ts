/** An explained datagram as text: a line of its own, then a line for every field with offset, bytes, name, type and value. */
import { type ExplainedField, hex } from '@ripstop/wire';
import type { CookedDatagram } from './cooked-datagram.ts';
import { nameOfProtocol } from './protocol.ts';

/** Bytes of a field that are shown; `…` stands for the others. */
const BYTES_SHOWN = 8;

export function annotation(
  datagram: CookedDatagram & { readonly fields: readonly ExplainedField[] },
): string {
  const { bytes, fields } = datagram;
  const rows = fields.map((field) => {
    const { offset, length, path, type, value } = field;
    // What has parts shows its bytes in them.
    const own = value === '' ? '' : hex(bytes.subarray(offset, offset + Math.min(length, BYTES_SHOWN)));
    const rest = own !== '' && length > BYTES_SHOWN ? '…' : '';
    return [String(offset), own + rest, path === '' ? '-' : path, `${type}[${length}]`, value] as const;
  });
  const width = (column: 0 | 1 | 2 | 3): number => Math.max(0, ...rows.map((row) => row[column].length));
  const widths = [width(0), width(1), width(2), width(3)] as const;
  const lines = rows.map(([offset, own, path, type, value]) =>
    [offset.padStart(widths[0]), own.padEnd(widths[1]), path.padEnd(widths[2]), type.padEnd(widths[3]), value]
      .join('  ')
      .trimEnd(),
  );
  return [heading(datagram), ...lines].join('\n');
}

/** `#3 NETLINK_ROUTE to the kernel, 72 bytes, 2026-11-21T10:00:00.000000000Z`. */
function heading({ number, time, direction, protocol, bytes, captured }: CookedDatagram): string {
  const counted = number === undefined ? '' : `#${number} `;
  const towards = direction === undefined ? '' : ` to ${direction === 'kernel' ? 'the kernel' : 'a process'}`;
  const cut = captured === 'cut' ? ' and more that were not captured' : '';
  const when = time === undefined ? '' : `, ${time}`;
  return `${counted}${nameOfProtocol(protocol)}${towards}, ${bytes.byteLength} bytes${cut}${when}`;
}
