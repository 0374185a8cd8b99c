// NLM_F_ECHO: the kernel tells the asker, too, what came of its request.
import { Exchange, messageFlags, type Request, type Told } from '@ripstop/netlink';
import { expect, test } from 'vitest';
import { listen } from './listener.ts';
import { indexOf, ip, makePair } from './namespaces.ts';
import { openClient } from './routes.ts';

const { create, echo, exclusive } = messageFlags.masks;
const flags = create | exclusive | echo;

function requests(eth0: number): readonly Request[] {
  const table = 254;
  const route = { family: 'ipv4', table, type: 'unicast', protocol: 'rip' } as const;
  const address = {
    family: 'ipv4',
    prefixLength: 32,
    local: '10.0.0.7',
    address: '10.0.0.7',
    interfaceIndex: eth0,
  } as const;
  const nexthop = { family: 'ipv4', id: 7, gateway: '10.0.0.2', outputInterface: eth0 } as const;
  const way = { destination: '10.1.0.0', destinationLength: 16, gateway: '10.0.0.2' };
  return [
    { object: 'link', operation: 'new', flags, message: { name: 'br0', linkInfo: { kind: 'bridge' } } },
    { object: 'address', operation: 'new', flags, message: address },
    { object: 'route', operation: 'new', flags, message: { ...route, ...way } },
    {
      object: 'rule',
      operation: 'new',
      flags,
      message: { family: 'ipv4', priority: 100, action: 'to-table', table },
    },
    { object: 'nexthop', operation: 'new', flags, message: nexthop },
    { object: 'nexthop', operation: 'delete', flags: echo, message: { id: 7 } },
  ];
}

test('a client takes no harm: outcomes are whole, and the next answers are not mixed up', async () => {
  const [here] = makePair();
  const client = openClient(here);
  const all = requests(indexOf(here, 'eth0'));
  expect(await client.batch(all)).toEqual(all.map(() => undefined));
  expect((await client.links.list()).map(({ name }) => name)).toEqual(['lo', 'eth0', 'br0']);
  expect(ip(here, 'route show 10.1.0.0/16')).toContain('via 10.0.0.2');
  expect((await client.batch(all)).map((outcome) => outcome?.code)).toEqual([
    'EEXIST',
    'EEXIST',
    'EEXIST',
    'EEXIST',
    undefined,
    undefined,
  ]);
});

test('`Exchange` hands on what is echoed: a notification with our port and the request’s number', async () => {
  const [here] = makePair();
  const { socket, datagrams } = listen(here);
  const exchange = new Exchange({ portId: socket.portId, sequence: 1, datagramBytesMax: 65_536 });
  // Linux: links and addresses are echoed by newer kernels only.
  const all = requests(indexOf(here, 'eth0')).filter(
    ({ object }) => object !== 'link' && object !== 'address',
  );
  let done = false;
  const [datagram] = exchange.batch(all, () => {
    done = true;
  });
  socket.send(datagram!);
  const told: Told[] = [];
  const isDone = (): boolean => {
    for (const received of datagrams.splice(0)) told.push(...exchange.receive(received));
    return done;
  };
  await expect.poll(isDone).toBe(true);
  const ours = told.filter(({ portId }) => portId === socket.portId);
  expect(ours.map(({ object, operation, sequence }) => [sequence, operation, object])).toEqual(
    all.map(({ object, operation }, at) => [at + 1, operation, object]),
  );
  expect(told).toEqual(ours);
});
