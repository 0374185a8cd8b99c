/** Requests: what they ask for, and the answers for certain destinations. */
import { hex } from '@ripstop/wire';
import { expect, test } from 'vitest';
import { answerRequest, decodeRequest } from '../../src/ipv4/request.ts';
import { rip } from '../../src/ipv4/rip.ts';
import { Ipv4Subnet } from '../../src/ipv4/subnet.ts';
import { decodePacket } from '../../src/packet/decode.ts';
import { decodeHeader, type Header } from '../../src/packet/header.ts';
import { afterHeader } from '../../src/packet/packet.ts';
import { fromHex } from '../driver.ts';

const subnets = [new Ipv4Subnet({ address: '10.0.0.1', prefixLength: 24 })];
const everything = '0000 0000 00000000 00000000 00000000 00000010';
const destination = '0002 0000 0a010000 ffff0000 00000000 00000000';

function headerOf(bytes: Uint8Array): Header {
  const header = decodeHeader(bytes);
  if ('reason' in header) throw new Error(header.detail);
  return header;
}

const asks = (entries: string): unknown => decodePacket(rip, fromHex(`01 02 0000 ${entries}`));

function answer(request: string, metricOf: (prefix: string) => number): string {
  const bytes = fromHex(request);
  return hex(answerRequest(bytes, headerOf(bytes), afterHeader(bytes), subnets, metricOf));
}

test('2453 §3.9.1: does not answer a request without entries', () => {
  expect(asks('')).toMatchObject({ asks: 'nothing' });
  expect(asks(everything.slice(0, -2))).toMatchObject({ asks: 'nothing' });
});

test('2453 §3.9.1: answers one entry of family 0 and metric 16 with the whole table', () => {
  expect(asks(everything)).toEqual({ command: 'request', version: 2, asks: 'whole-table' });
  expect(asks(everything.replace('0000 ', '0002 '))).toMatchObject({ asks: 'destinations' });
  expect(asks(everything.replace('00000010', '0000000f'))).toMatchObject({ asks: 'destinations' });
});

test('2453 §3.9.1: takes that entry for a request for everything only if it is alone', () => {
  expect(asks(everything + destination)).toMatchObject({ asks: 'destinations' });
  expect(asks(everything + everything)).toMatchObject({ asks: 'destinations' });
});

test('an authentication entry is no destination', () => {
  const bytes = fromHex(`01 02 0000 ffff 0002 73656372 65740000 00000000 00000000 ${everything}`);
  expect(decodeRequest(bytes, headerOf(bytes), { from: 24, to: 44 })).toEqual({ asks: 'whole-table' });
  const specific = fromHex(`01 02 0000 ffff 0002 73656372 65740000 00000000 00000000 ${destination}`);
  const answered = answerRequest(specific, headerOf(specific), { from: 24, to: 44 }, subnets, () => 3);
  expect(hex(answered)).toBe('02020000000200000a010000ffff00000000000000000003');
});

test('2453 §3.9.1: answers each entry in its place with the metric of its own table', () => {
  const request = `01 02 0000
    0002 0007 0a010000 ffff0000 00000000 00000000
    0002 0000 0a020000 ffff0000 00000000 00000000
    0005 0000 0a010000 ffff0000 00000000 00000000`;
  expect(answer(request, (prefix) => (prefix === '10.1.0.0/16' ? 3 : 16))).toBe(
    `02020000
       0002 0007 0a010000 ffff0000 00000000 00000003
       0002 0000 0a020000 ffff0000 00000000 00000010
       0005 0000 0a010000 ffff0000 00000000 00000010`.replaceAll(/\s/g, ''),
  );
});

test('2453 §3.9.1: answers 16 for a destination that it has no explicit route to', () => {
  const known = (prefix: string): number => (prefix === '10.1.0.0/16' ? 3 : 16);
  // Another length, host bits, a mask with a gap.
  for (const asked of ['0a010000 ffffff00', '0a010001 ffff0000', '0a010000 ff00ff00']) {
    expect(answer(`01 02 0000 0002 0000 ${asked} 00000000 00000000`, known)).toMatch(/00000010$/);
  }
});

test('2453 §4.3: reads an entry without a mask by the rules of RIPv1', () => {
  const asked: string[] = [];
  const request = `01 02 0000
    0002 0000 0a000300 00000000 00000000 00000000
    0002 0000 0a000301 00000000 00000000 00000000
    0002 0000 c0a80700 00000000 00000000 00000000`;
  answer(request, (prefix) => asked.push(prefix));
  expect(asked).toEqual(['10.0.3.0/24', '10.0.3.1/32', '192.168.7.0/24']);
});

test('2453 §3.10.2: answers a request with the version of the request', () => {
  const request = (version: string): string =>
    `01 ${version} 0000 0002 0000 0a000300 00000000 00000000 00000000`;
  expect(answer(request('01'), () => 3)).toBe('0201000000020000' + '0a0003000000000000000000' + '00000003');
  expect(answer(request('02'), () => 3)).toMatch(/^0202/);
  expect(answer(request('03'), () => 3)).toMatch(/^0202/);
});

test('an answer holds no bytes that fill no entry', () => {
  expect(answer(`01 02 0000 ${destination} 0002`, () => 3)).toHaveLength(2 * 24);
});
