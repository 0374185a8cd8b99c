// Datagrams by the hundred thousand while garbage is collected: what the kernel writes to is there, and where it was.
import { expect, test } from 'vitest';
import { indexOf } from './namespaces.ts';
import { runScript } from './script.ts';
import { ipv4, ipv6 } from './udp-station.ts';

const BURSTS = 100;
const BURST_DATAGRAMS = 512;

/** Sends bursts of numbered datagrams to itself by both families at once, and looks at each that comes. */
const soak = (here: string, there: string): string => `
  const families = ${JSON.stringify(
    [ipv4, ipv6].map(({ port, group, there: from, anySource: any }, at) => {
      const [hereIndex, thereIndex] = [indexOf(here, `eth${at}`), indexOf(there, `eth${at}`)];
      return { port, group, from, any, name: `eth${at}`, hereIndex, thereIndex };
    }),
  )};
  const failed = (error) => { throw error; };
  const litter = [];
  const counts = await Promise.all(families.map(async ({ port, group, from, any, name, hereIndex, thereIndex }) => {
    let [heard, batches] = [0, 0];
    const wrong = (what) => { throw new Error(\`\${group}, datagram \${heard}: \${what}\`); };
    const receive = (datagrams) => {
      batches += 1;
      if (batches % 4 === 0) gc();
      for (const { source, port: fromPort, bytes } of datagrams) {
        if (source !== from || fromPort !== port) wrong(\`from \${source}:\${fromPort}\`);
        const length = 4 + (heard % 500);
        if (bytes.byteLength !== length) wrong(\`\${bytes.byteLength} bytes\`);
        if (new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) !== heard) wrong('another number');
        if (bytes.at(-1) !== (length === 4 ? heard & 0xff : 0xaa)) wrong('another end');
        heard += 1;
      }
      // What is freed by mistake is written over.
      litter.push(new Uint8Array(1000 + heard % 70_000).fill(0xff));
      if (litter.length > 20) litter.splice(0, 15);
    };
    const open = (namespace, index, receive) =>
      socket.openUdpSocket({ interface: { name, index }, port, group, namespace, receive, failed });
    const station = open('${here}', hereIndex, receive);
    const peer = open('${there}', thereIndex, () => undefined);
    for (let sent = 0; sent < ${BURSTS * BURST_DATAGRAMS};) {
      for (const end = sent + ${BURST_DATAGRAMS}; sent < end; sent += 1) {
        const packet = Buffer.alloc(4 + (sent % 500), 0xaa);
        packet.writeUInt32BE(sent);
        peer.send(packet, { source: any, destination: group, port });
      }
      while (heard < sent) await new Promise((resolve) => setTimeout(resolve));
    }
    await Promise.all([station.close(), peer.close()]);
    return heard;
  }));
  console.log(counts.join(' '));
`;

test('no datagram of 100,000 is lost, changed or taken for another', () => {
  const [here, there] = ipv4.makePair();
  ipv6.connect(here, there, 1);
  const { status, stdout, stderr } = runScript(soak(here, there));
  expect(stderr).toBe('');
  expect(stdout.trim()).toBe(`${BURSTS * BURST_DATAGRAMS} ${BURSTS * BURST_DATAGRAMS}`);
  expect(status).toBe(0);
});
