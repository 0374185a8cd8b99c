/** The simulated kernel, as the bench wants it. */
import { FakeKernel } from '../../src/world/kernel/fake-kernel.ts';
import type { KernelMaker } from './kernel-bench.ts';

export function makeFakeKernel(): KernelMaker {
  const kernel = new FakeKernel({ later: queueMicrotask });
  for (const name of ['eth0', 'eth1']) kernel.addLink(name, { isUp: false });
  return {
    ours: kernel.open(),
    stranger: kernel.open(),
    setCarrier: (name, hasCarrier) => {
      kernel.setCarrier(name, hasCarrier);
      return Promise.resolve();
    },
    close: () => undefined,
  };
}
