// A UDP socket in a namespace with what it has heard, for IPv4 and for IPv6.
import { onTestFinished } from 'vitest';
import type { SyscallError } from '../src/system/libc.ts';
import type { UdpEnvelope } from '../src/udp/udp-family.ts';
import { openUdpSocket, type UdpSocket, type UdpSocketOptions } from '../src/udp/udp-socket.ts';
import { connect, indexOf, ip, makeNamespace } from './namespaces.ts';

export const SECONDS = { timeout: 20_000, interval: 5 };

interface Station {
  readonly socket: UdpSocket;
  /** Texts received, as `source:port text`; `source:port far text` if they came from far away. */
  readonly received: string[];
  /** Whether each was sent to a group, as far as that is told. */
  readonly multicast: (boolean | undefined)[];
  /** Datagrams in each batch. */
  readonly batches: number[];
  readonly unsent: SyscallError[];
}

type StationOptions = Partial<Pick<UdpSocketOptions, 'port' | 'group' | 'ttl' | 'failed'>>;

/** What RIP and RIPng have of their own. */
interface Specifics {
  readonly name: 'IPv4' | 'IPv6';
  readonly group: string;
  /** A group that is not for us. */
  readonly foreignGroup: string;
  readonly port: number;
  /** The kernel chooses. */
  readonly anySource: string;
  /** `eth0` in the first namespace of a pair, and in the second. */
  readonly here: string;
  readonly there: string;
  /** Connects two namespaces with a pair of interfaces, `eth0`, `eth1`, … by number. */
  connect(one: string, two: string, number: number): void;
}

/** What a test of either family needs. */
interface StationFamily extends Specifics {
  /** Two namespaces with a veth pair, `eth0` at both ends. */
  makePair(): [string, string];
  /** Opens a socket that is closed when the test ends. */
  open(namespace: string, name: string, options?: StationOptions): Station;
  /** An envelope from the address that the kernel chooses. */
  to(destination: string, port?: number): UdpEnvelope;
}

export const ipv4 = stations({
  name: 'IPv4',
  group: '224.0.0.9',
  foreignGroup: '224.0.0.50',
  port: 520,
  anySource: '0.0.0.0',
  here: '10.0.0.1',
  there: '10.0.0.2',
  connect: (one, two, number) => connect(one, two, `eth${number}`, `10.0.${number}`),
});

/** Every pair has the same link-local addresses. */
export const ipv6 = stations({
  name: 'IPv6',
  group: 'ff02::9',
  foreignGroup: 'ff02::50',
  port: 521,
  anySource: '::',
  here: 'fe80::1',
  there: 'fe80::2',
  connect(one, two, number) {
    const name = `eth${number}`;
    ip(one, `link add ${name} type veth peer name ${name} netns ${two}`);
    for (const namespace of [one, two]) {
      ip(namespace, `link set ${name} addrgenmode none`);
      ip(namespace, `link set ${name} up`);
    }
    ip(one, `address add fe80::1/64 dev ${name} nodad`);
    ip(two, `address add fe80::2/64 dev ${name} nodad`);
  },
});

export const families: readonly StationFamily[] = [ipv4, ipv6];

function stations(specifics: Specifics): StationFamily {
  const { group, port: ownPort, anySource: source } = specifics;
  return {
    ...specifics,
    makePair() {
      const [one, two] = [makeNamespace(), makeNamespace()];
      specifics.connect(one, two, 0);
      return [one, two];
    },
    open: (namespace, name, options = {}) =>
      open(namespace, {
        interface: { name, index: indexOf(namespace, name) },
        port: ownPort,
        group,
        failed(error) {
          throw error;
        },
        ...options,
      }),
    to: (destination, port = ownPort) => ({ source, destination, port }),
  };
}

function open(namespace: string, options: Omit<UdpSocketOptions, 'receive'>): Station {
  const [received, batches, unsent]: [string[], number[], SyscallError[]] = [[], [], []];
  const multicast: (boolean | undefined)[] = [];
  const socket = openUdpSocket({
    ...options,
    namespace,
    receive(datagrams) {
      batches.push(datagrams.length);
      for (const { source, port, bytes, farAway, multicast: toGroup } of datagrams) {
        received.push(`${source}:${port} ${farAway ? 'far ' : ''}${Buffer.from(bytes)}`);
        multicast.push(toGroup);
      }
    },
    unsent: (error) => unsent.push(error),
  });
  onTestFinished(() => socket.close());
  return { socket, received, multicast, batches, unsent };
}

export const text = (words: string): Uint8Array => Buffer.from(words);
