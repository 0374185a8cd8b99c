/** RIPng requests: what they ask for, and the answers for certain destinations. RFC 2080 §2.4.1. */
import { hex } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import { answerRequest } from '../../src/ipv6/request.ts';
import { ripng } from '../../src/ipv6/ripng.ts';
import { decodePacket } from '../../src/packet/decode.ts';
import { afterHeader } from '../../src/packet/packet.ts';
import { fromHex } from '../driver.ts';
import { request, response, row, wholeTable } from './bytes.ts';

const everything = row('::', { length: 0, metric: 16 });
const destination = row('2001:db8:1::', { length: 48, metric: 0 });

const asks = (bytes: string): unknown => decodePacket(ripng, fromHex(bytes));

function answer(bytes: string, metricOf: (prefix: string) => number): string {
  const asked = fromHex(bytes);
  return hex(answerRequest(asked, afterHeader(asked), metricOf));
}

describe('what is asked', () => {
  test('2080 §2.4.1: does not answer a request without entries', () => {
    expect(asks(request())).toMatchObject({ asks: 'nothing' });
    expect(asks(request(everything.slice(0, -2)))).toMatchObject({ asks: 'nothing' });
  });

  test('2080 §2.4.1: answers one entry of ::/0 with metric 16 with the whole table', () => {
    expect(asks(wholeTable)).toEqual({ command: 'request', version: 1, asks: 'whole-table' });
    for (const other of [
      row('::', { length: 0, metric: 15 }),
      row('::', { length: 0, metric: 255 }),
      row('::', { length: 1, metric: 16 }),
      row('::1', { length: 0, metric: 16 }),
    ]) {
      expect(asks(request(other))).toMatchObject({ asks: 'destinations' });
    }
  });

  test('2080 §2.4.1: takes that entry for a request for everything only if it is alone', () => {
    expect(asks(request(everything, destination))).toMatchObject({ asks: 'destinations' });
    expect(asks(request(everything, everything))).toMatchObject({ asks: 'destinations' });
    // What does not fill an entry is none.
    expect(asks(request(everything, destination.slice(2)))).toMatchObject({ asks: 'whole-table' });
  });
});

describe('answers', () => {
  test('2080 §2.4.1: answers each entry in its place with the metric of its own table', () => {
    const asked = [
      row('2001:db8:2::', { length: 48, metric: 0 }),
      row('2001:db8:1::', { length: 48, metric: 7, tag: 9 }),
      row('2001:db8:1::', { length: 64, metric: 0 }),
    ];
    expect(answer(request(...asked), (prefix) => (prefix === '2001:db8:1::/48' ? 3 : 16))).toBe(
      response(
        row('2001:db8:2::', { length: 48, metric: 16 }),
        row('2001:db8:1::', { length: 48, metric: 3, tag: 9 }),
        row('2001:db8:1::', { length: 64, metric: 16 }),
      ),
    );
  });

  test('host bits are no part of what is asked for, but come back', () => {
    const asked: string[] = [];
    const host = row('2001:db8:1::7', { length: 48, metric: 0 });
    const answered = answer(request(host), (prefix) => asked.push(prefix));
    expect(asked).toEqual(['2001:db8:1::/48']);
    expect(answered).toBe(response(row('2001:db8:1::7', { length: 48, metric: 1 })));
  });

  test('what is no prefix is not there', () => {
    for (const length of [129, 255]) {
      const asked = row('2001:db8:1::', { length, metric: 0 });
      expect(answer(request(asked), () => 3)).toBe(response(row('2001:db8:1::', { length, metric: 16 })));
    }
  });

  test('bytes after the last entry are not sent back', () => {
    expect(answer(request(destination, 'ffff'), () => 3)).toBe(
      response(row('2001:db8:1::', { length: 48, metric: 3 })),
    );
  });
});
