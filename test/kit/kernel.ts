/** What routing daemons have put into a node's kernel. */
import type { KernelRoute, LabNode } from '@ripstop/lab';

/** Routes of one protocol in the main table. Our daemon and FRR use `rip`, BIRD `bird`. */
export function kernelRoutes(node: LabNode, protocol: 'rip' | 'bird'): Promise<KernelRoute[]> {
  return node.routes({ family: 'ipv4', protocol });
}
