/** A RIPng router as most tests want it: fe80::a on eth0, fe80::b on eth1, a global subnet on each, and nothing to say. */
import { type InterfaceConfiguration, type RouterConfiguration, ripng } from '../../src/index.ts';
import { type Driver, twoPorts } from '../driver.ts';

export function quietRouter(
  interfaces?: Readonly<Record<string, Partial<InterfaceConfiguration>>>,
  rest?: Partial<RouterConfiguration>,
): Driver {
  return twoPorts(interfaces, rest, ripng);
}
