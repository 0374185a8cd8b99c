/** A place in the kernel where ripd would meet the routes of others. Before: `file`. */
import { routeProtocol } from '@ripstop/netlink';
import type { DaemonConfiguration } from '../configuration.ts';
import type { Warning } from './unwise.ts';

/** RT_TABLE_LOCAL, linux/rtnetlink.h. */
const LOCAL_TABLE = 255;
const { rip } = routeProtocol.values;

export function unwiseKernel({ kernel }: Pick<DaemonConfiguration, 'kernel'>): Warning[] {
  const { table, metric, protocol } = kernel;
  const name = routeProtocol.nameOf(protocol);
  const warnings: Warning[] = [];
  if (protocol !== rip && typeof name === 'string') {
    const text = `${name} makes routes, too: those with metric ${metric} are taken for ours, and removed; expected rip or an unused number`;
    warnings.push({ path: ['kernel', 'protocol'], text });
  }
  if (table === LOCAL_TABLE) {
    const text = 'the table local is the kernel’s own: what it learns there hides addresses of this host';
    warnings.push({ path: ['kernel', 'table'], text });
  }
  return warnings;
}
