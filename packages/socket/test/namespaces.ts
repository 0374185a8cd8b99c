// Network namespaces for one test, laid with iproute2: a second opinion on everything this package says of itself.
import { execFileSync, spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { createNamespace, deleteNamespace } from '../src/system/namespace.ts';

let made = 0;

/** Makes a namespace that is gone when the test ends. */
export function makeNamespace(): string {
  made += 1;
  const name = `sock-${process.pid}-${made}`;
  createNamespace(name);
  onTestFinished(() => deleteNamespace(name));
  return name;
}

/** Runs `ip` in a namespace: `ip(blue, 'link set eth0 up')`. */
export function ip(namespace: string, command: string): string {
  return execFileSync('ip', ['-n', namespace, ...command.split(' ')], { encoding: 'utf8', stdio: 'pipe' });
}

/** Runs many `ip` commands at once; with options such as `-6`. */
export function ipBatch(namespace: string, commands: readonly string[], ...options: readonly string[]): void {
  execFileSync('ip', [...options, '-n', namespace, '-batch', '-'], {
    input: commands.join('\n'),
    stdio: 'pipe',
  });
}

/** As `ipBatch`, while the test goes on. */
export function ipBatchAside(namespace: string, lines: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('ip', ['-n', namespace, '-batch', '-'], { stdio: ['pipe', 'ignore', 'inherit'] });
    child.on('error', reject);
    child.on('close', (status) => (status === 0 ? resolve() : reject(new Error(`ip: status ${status}`))));
    child.stdin.end(lines.join('\n'));
  });
}

/** The kernel's number of an interface. */
export function indexOf(namespace: string, name: string): number {
  const [link] = JSON.parse(ip(namespace, `-j link show ${name}`));
  return link.ifindex;
}

/** A namespace whose only interface, `lo`, is up and has 127.0.0.1. */
export function namespaceWithLoopback(): string {
  const name = makeNamespace();
  ip(name, 'link set lo up');
  return name;
}

/** Two namespaces with a veth pair, `eth0` at both ends: 10.0.0.1/24 in the first, 10.0.0.2/24 in the second. */
export function makePair(): [string, string] {
  const [one, two] = [makeNamespace(), makeNamespace()];
  connect(one, two, 'eth0', '10.0.0');
  return [one, two];
}

/** Connects two namespaces with one more veth pair: addresses `SUBNET.1/24` and `SUBNET.2/24`. */
export function connect(one: string, two: string, name: string, subnet: string): void {
  ip(one, `link add ${name} type veth peer name ${name} netns ${two}`);
  for (const [at, namespace] of [one, two].entries()) {
    ip(namespace, `address add ${subnet}.${at + 1}/24 dev ${name}`);
    ip(namespace, `link set ${name} up`);
  }
}
