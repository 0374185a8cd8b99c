// What the kernel says to a request.
import { littleEndianHost, viewOf } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import { decodeAcknowledgement } from '../../src/acknowledgement.ts';
import { explainDatagram } from '../../src/explain-datagram.ts';
import { messageFlags, messagesOf } from '../../src/message.ts';
import { answer } from '../kernel.ts';
import * as golden from './acknowledgements.ts';
import { bytesOf, type Golden } from './golden.ts';

function acknowledgementOf(source: Golden): ReturnType<typeof decodeAcknowledgement> & { sequence: number } {
  const view = viewOf(bytesOf(source));
  const [message] = messagesOf(view);
  return { ...decodeAcknowledgement(view, message!), sequence: message!.sequence };
}

describe.skipIf(!littleEndianHost)('acknowledgements', () => {
  const unreachable = { errno: 101, extended: { message: 'Nexthop has invalid gateway' }, sequence: 11 };

  test('an error with the request behind it', () => {
    expect(acknowledgementOf(golden.errorUncapped)).toEqual(unreachable);
  });

  test('an error without it (NLM_F_CAPPED)', () => {
    expect(acknowledgementOf(golden.errorCapped)).toEqual(unreachable);
  });

  test('an error with offset and policy', () => {
    expect(acknowledgementOf(golden.errorPolicy)).toEqual({
      errno: 34,
      sequence: 13,
      extended: {
        message: 'Attribute failed policy validation',
        offset: 36,
        policy: { type: 'u32', minimum: 0n, maximum: 0xffff_ffffn },
      },
    });
  });

  test('an error that the kernel does not explain', () => {
    expect(acknowledgementOf(golden.errorPlain)).toEqual({ errno: 17, extended: {}, sequence: 12 });
  });

  test('success', () => {
    expect(acknowledgementOf(golden.acknowledgement)).toEqual({ errno: 0, extended: {}, sequence: 12 });
  });

  test('success has no payload, whether or not NLM_F_CAPPED says so', () => {
    const bytes = answer(5, 0, { message: 'a warning' });
    new DataView(bytes.buffer).setUint16(6, messageFlags.masks.attributes, true);
    const [message] = messagesOf(viewOf(bytes));
    expect(decodeAcknowledgement(viewOf(bytes), message!)).toEqual({
      errno: 0,
      extended: { message: 'a warning' },
    });
  });

  test('a refused dump: the explanation is in NLMSG_DONE', () => {
    expect(acknowledgementOf(golden.doneRefused)).toEqual({
      errno: 22,
      extended: { message: 'Invalid values in header for FIB dump request' },
      sequence: 15,
    });
  });

  test('the end of a dump', () => {
    expect(acknowledgementOf(golden.done)).toEqual({ errno: 0, extended: {}, sequence: 3 });
  });

  test('in words', () => {
    const lines = explainDatagram(bytesOf(golden.errorPolicy));
    const rows = lines.map(({ path, value }) => [path, value]);
    expect(rows).toContainEqual(['nlmsghdr.type', 'NLMSG_ERROR']);
    expect(rows).toContainEqual(['nlmsghdr.flags', 'attributes']);
    expect(rows).toContainEqual(['error', '-34 ERANGE']);
    expect(rows).toContainEqual(['request.type', 'RTM_NEWROUTE']);
    expect(rows).toContainEqual(['request.flags', 'request|acknowledge|exclusive|create']);
    expect(rows).toContainEqual(['request.payload.destination', '10.9.0.0']);
    expect(rows).toContainEqual(['request.payload.gateway', '<4 or 16 bytes expected, 3 given> 616263']);
    expect(rows).toContainEqual(['policy.type', 'u32']);
  });
});
