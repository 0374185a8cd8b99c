// The queue of one reader without a kernel: what ends it, when, and for whom.
import { expect, test } from 'vitest';
import { Watch, type WatchOptions } from '../src/watch.ts';

const END = { done: true, value: undefined };

function watchOf(options: WatchOptions = {}) {
  const calls: string[] = [];
  let push: (items: readonly number[]) => void = () => undefined;
  const watch = new Watch<number>((deliver) => {
    push = deliver;
    return {
      pause: () => calls.push('pause'),
      resume: () => calls.push('resume'),
      close: () => calls.push('close'),
    };
  }, options);
  return { watch, calls, push: (...items: readonly number[]) => push(items) };
}

test('leaving ends it for whoever waits, too, and throws away what was not read', async () => {
  const { watch, calls, push } = watchOf();
  const waiting = [watch.next(), watch.next(), watch.next()];
  push(1);
  expect(await watch.return()).toEqual(END);
  expect(await Promise.all(waiting)).toEqual([{ done: false, value: 1 }, END, END]);
  const unread = watchOf();
  unread.push(1, 2);
  await unread.watch.return();
  expect(await unread.watch.next()).toEqual(END);
  expect(calls).toEqual(['close']);
});

test('two loops share the events; when one is left, both end', async () => {
  const { watch, push } = watchOf();
  const read = async (last: number): Promise<number[]> => {
    const items: number[] = [];
    for await (const item of watch) {
      items.push(item);
      if (item === last) break;
    }
    return items;
  };
  const loops = Promise.all([read(3), read(0)]);
  push(1, 2, 3);
  expect((await loops).flat().sort()).toEqual([1, 2, 3]);
});

test('an error comes after what was received, once, to one of those who wait', async () => {
  const { watch, push } = watchOf();
  push(1);
  watch.fail(new Error('broken'));
  watch.fail(new Error('again'));
  watch.close();
  expect(await watch.next()).toEqual({ done: false, value: 1 });
  await expect(watch.next()).rejects.toThrow('broken');
  expect(await watch.next()).toEqual(END);

  const other = watchOf().watch;
  const waiting = Promise.allSettled([other.next(), other.next()]);
  other.fail(new Error('broken'));
  expect(await waiting).toMatchObject([{ status: 'rejected' }, { status: 'fulfilled', value: END }]);
});

test('a signal in the middle of a loop ends it, and no more is listened to', async () => {
  const controller = new AbortController();
  const { watch, calls, push } = watchOf({ signal: controller.signal });
  const items: number[] = [];
  const loop = (async () => {
    for await (const item of watch) {
      items.push(item);
      if (item === 1) controller.abort(new Error('enough'));
    }
  })();
  push(1, 2);
  await expect(loop).rejects.toThrow('enough');
  expect(items).toEqual([1, 2]);
  expect(calls).toEqual(['close']);
});

test('the source pauses when much waits, and goes on when all was read', async () => {
  const { watch, calls, push } = watchOf();
  const many = Array.from({ length: 5000 }, (_, number) => number);
  push(...many.slice(0, 4000));
  expect(calls).toEqual([]);
  push(...many.slice(4000));
  expect(calls).toEqual(['pause']);
  for (const value of many) {
    expect(calls).toEqual(['pause']);
    expect(await watch.next()).toEqual({ done: false, value });
  }
  expect(calls).toEqual(['pause', 'resume']);
});
