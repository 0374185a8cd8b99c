// Whole datagrams, as they came and mutated: whatever arrives, an `Exchange` and an explanation do not throw, and every
// request completes exactly once.
import { encode } from '@ripstop/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryOf } from '../../wire/test/arbitraries.ts';
import { holdsMutated, MUTATIONS, requireInside } from '../../wire/test/laws.ts';
import { errorHeader, extendedAcknowledgement } from '../src/acknowledgement.ts';
import { explainDatagram } from '../src/explain-datagram.ts';
import { controlTypes, messageFlags } from '../src/message.ts';
import { registry } from '../src/registry.ts';
import { exchangeWith, routes } from './asking.ts';
import { message, PORT_ID, together } from './kernel.ts';
import { leaves } from './tables.ts';

const { multi, dumpInterrupted, capped, attributes } = messageFlags.masks;
const { NLMSG_NOOP, NLMSG_ERROR, NLMSG_DONE, NLMSG_OVERRUN } = controlTypes;

/** Sequence numbers of the five requests below, of notifications (0), and of nobody (6). */
const sequence = fc.nat(6);
const portId = fc.constantFrom(PORT_ID, PORT_ID, 0, 77);
const extended = fc.option(arbitraryOf(extendedAcknowledgement, leaves), { nil: undefined });

const objects = registry.map(({ type, codec }) =>
  fc.record({
    header: fc.record({
      type: fc.constant(type),
      sequence,
      portId,
      flags: fc.constantFrom(0, multi, multi | dumpInterrupted),
    }),
    payload: arbitraryOf(codec, leaves).map((value) => encode(codec, value)),
  }),
);

const acknowledgement = fc
  .tuple(sequence, portId, arbitraryOf(errorHeader), fc.boolean(), fc.nat(2), fc.uint8Array(), extended)
  .map(([sequence, portId, error, isDone, kind, request, extended]) => {
    const header = encode(errorHeader, error as object);
    const start = isDone ? header.subarray(0, 4) : together(header, kind === 0 ? request : new Uint8Array());
    const tail = extended === undefined ? new Uint8Array() : encode(extendedAcknowledgement, extended);
    const flags = (kind === 1 ? capped : 0) | (extended === undefined ? 0 : attributes);
    const type = isDone ? NLMSG_DONE : NLMSG_ERROR;
    return { header: { type, sequence, portId, flags }, payload: together(start, tail) };
  });

const other = fc.record({
  header: fc.record({ type: fc.constantFrom(NLMSG_NOOP, NLMSG_OVERRUN, 9, 15, 4000), sequence, portId }),
  payload: fc.uint8Array(),
});

const datagrams = fc
  .array(fc.oneof(...objects, ...objects.map(() => acknowledgement), other), { minLength: 1, maxLength: 4 })
  .map((messages) => together(...messages.map(({ header, payload }) => message(header, payload))));

/** Receives the datagram while requests are on their way, then gives up waiting. */
function survives(datagram: Uint8Array): void {
  for (const { offset, length } of explainDatagram(datagram)) requireInside(offset, length, datagram);
  const exchange = exchangeWith();
  const completed = { batch: 0, get: 0, dump: 0 };
  exchange.batch(routes(3), () => {
    completed.batch += 1;
  });
  exchange.get({ object: 'link', message: { index: 1 } }, () => {
    completed.get += 1;
  });
  exchange.dump(
    { object: 'route', message: {} },
    () => undefined,
    () => {
      completed.dump += 1;
    },
  );
  exchange.receive(datagram);
  exchange.overrun();
  if (completed.batch !== 1 || completed.get !== 1 || completed.dump !== 1)
    expect(completed).toEqual({ batch: 1, get: 1, dump: 1 });
}

/** A datagram takes several times as long as a table. */
const COUNT = MUTATIONS / 5;
/** Milliseconds for each, on a slow machine. */
const PATIENCE = 10;

test('datagrams, whole and mutated, are received and explained', { timeout: COUNT * PATIENCE }, () =>
  holdsMutated(datagrams, survives, COUNT),
);
