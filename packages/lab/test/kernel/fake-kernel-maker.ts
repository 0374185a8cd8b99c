/** The simulated kernel, as the bench wants it. */
import { FakeKernel } from '../../src/world/kernel/fake-kernel.ts';
import type { Ipv6Options, KernelMaker } from './kernel-bench.ts';

export function makeFakeKernel(ipv6: Ipv6Options = {}): KernelMaker {
  const { linkLocal = false, detectsDuplicates = false } = ipv6;
  const detections: (() => void)[] = [];
  const after = (_: number, callback: () => void) => void detections.push(callback);
  const kernel = new FakeKernel({ later: queueMicrotask, after });
  for (const [at, name] of ['eth0', 'eth1'].entries()) {
    const hardwareAddress = `02:00:00:00:00:0${at + 1}`;
    kernel.addLink(name, { isUp: false, detectsDuplicates, ...(linkLocal && { hardwareAddress }) });
  }
  return {
    ipv6,
    ours: kernel.open(),
    stranger: kernel.open(),
    setCarrier: (name, hasCarrier) => {
      kernel.setCarrier(name, hasCarrier);
      return Promise.resolve();
    },
    passDetection: () => {
      for (const end of detections.splice(0)) end();
    },
    close: () => undefined,
  };
}
