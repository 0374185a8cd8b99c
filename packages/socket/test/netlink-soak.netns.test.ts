// Netlink datagrams by the ten thousand while garbage is collected: what the kernel writes to is there, and where it was.
import { expect, test } from 'vitest';
import { makeNamespace } from './namespaces.ts';
import { runScript } from './script.ts';

const NETLINK_USERSOCK = 2;
const BURSTS = 300;
const BURST_DATAGRAMS = 64;

/** Sends bursts of numbered datagrams from one socket to two, of which one has a memory of its own, and looks at each. */
const soak = (namespace: string): string => `
  const common = { namespace: '${namespace}', protocol: ${NETLINK_USERSOCK}, overrun() {}, failed(error) { throw error; } };
  const sender = socket.openNetlinkSocket({ ...common, receive() {} });
  const lengthOf = (number) => 4 + (number % 997 === 0 ? 32_764 : number % 500);
  const litter = [];
  const kept = [];
  const check = (bytes, number) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const isRight = bytes.byteLength === lengthOf(number) && view.getUint32(0) === number
      && bytes.subarray(4).every((byte) => byte === (number & 0xff));
    if (!isRight) throw new Error(\`datagram \${number}: \${bytes.byteLength} bytes, number \${view.getUint32(0)}\`);
  };
  const open = (options) => {
    const receiver = { heard: 0 };
    receiver.socket = socket.openNetlinkSocket({ ...common, ...options, senders: [sender.portId],
      receive(datagrams, senders) {
        for (const [at, bytes] of datagrams.entries()) {
          if (senders[at].portId !== sender.portId) throw new Error('another sender');
          check(bytes, receiver.heard);
          if (receiver.heard % 10 === 0) kept.push([bytes, receiver.heard]);
          receiver.heard += 1;
        }
        if (kept.length > 200) for (const [bytes, number] of kept.splice(0, 150)) check(bytes, number);
        // What is freed by mistake is written over.
        litter.push(new Uint8Array(1000 + receiver.heard % 70_000).fill(0xff));
        if (litter.length > 20) litter.splice(0, 15);
      },
    });
    return receiver;
  };
  const receivers = [open({}), open({ datagramBytesMax: 40_000 })];
  for (let burst = 0, sent = 0; burst < ${BURSTS}; burst += 1) {
    for (const end = sent + ${BURST_DATAGRAMS}; sent < end; sent += 1) {
      const datagram = new Uint8Array(lengthOf(sent)).fill(sent & 0xff);
      new DataView(datagram.buffer).setUint32(0, sent);
      for (const { socket: { portId } } of receivers) sender.send(datagram, { portId });
    }
    if (burst % 4 === 0) gc();
    while (receivers.some(({ heard }) => heard < sent)) await new Promise(setImmediate);
  }
  console.log(receivers.map(({ heard }) => heard).join(' '));
  process.exit(0);
`;

test('no datagram of 19,200 is lost, changed or taken for another, whatever memory it goes through', () => {
  const { status, stdout, stderr } = runScript(soak(makeNamespace()));
  expect(stderr).toBe('');
  expect(stdout.trim()).toBe(`${BURSTS * BURST_DATAGRAMS} ${BURSTS * BURST_DATAGRAMS}`);
  expect(status).toBe(0);
});
