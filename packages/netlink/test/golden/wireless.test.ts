// Wireless events.
import { littleEndianHost } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import { type Golden, read } from './golden.ts';
import * as golden from './wireless.ts';

const events: Record<string, [Golden, object]> = {
  associated: [golden.associated, { command: 'SIOCGIWAP', address: '02:00:00:00:00:aa' }],
  disassociated: [golden.disassociated, { command: 'SIOCGIWAP', address: '00:00:00:00:00:00' }],
  'a station that came': [golden.registered, { command: 'IWEVREGISTERED', address: '02:00:00:00:00:aa' }],
  'a scan that ended': [golden.scanned, { command: 'SIOCGIWSCAN', flags: 0, data: new Uint8Array() }],
  'a network’s name': [golden.named, { command: 'SIOCSIWESSID', flags: 1, text: 'attic' }],
  'a driver’s own words': [golden.custom, { command: 'IWEVCUSTOM', flags: 0, text: 'Rekeyed' }],
  'a mode': [golden.mode, { command: 'SIOCSIWMODE', mode: 2 }],
  'a frequency': [
    golden.frequency,
    { command: 'SIOCSIWFREQ', mantissa: 2412, exponent: 6, index: 0, flags: 0 },
  ],
  'an event without a table': [
    golden.quality,
    { command: 0x8c01, data: Uint8Array.of(0x07, 0x00, 0x00, 0x00) },
  ],
};

describe.skipIf(!littleEndianHost)('wireless events', () => {
  test.each(Object.entries(events))('%s', (_name, [source, wireless]) => {
    const { values, explanation } = read(source);
    expect(values, explanation).toMatchObject([{ index: 3, name: 'wlan0', wireless }]);
    expect(explanation).toMatch(/wireless\.event/);
  });
});
