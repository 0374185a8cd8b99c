/** Another program that has a UDP port which `ripd` wants. */
import type { LabNode, LabProcess } from '@ripstop/lab';

/**
 * Resolves when it has the port.
 * @param address the port on this address alone: `fe80::1%eth0`; if not given, on every interface
 */
export async function occupy(
  node: LabNode,
  family: 'udp4' | 'udp6',
  port: number,
  address?: string,
): Promise<LabProcess> {
  const options = JSON.stringify({ type: family, ipv6Only: family === 'udp6' });
  const place = JSON.stringify({ port, address });
  const program = `require('dgram').createSocket(${options}).bind(${place}, () => console.log('bound'))`;
  const occupant = node.start([process.execPath, '-e', program]);
  await occupant.waitForLine(/^bound$/, 20_000);
  return occupant;
}
