/**
 * What happens to links, their addresses and their settings. Before this file: `cable.ts`. After it: `storm.ts`.
 *
 * Every one of them is mended a little later; what else is wrong with the link then is mended with it.
 */
import type { Random } from '@ripstop/lab';
import { type Cable, type CableEnd, disableIpv6, rename } from './cable.ts';
import { attemptIp } from './foreign-ip.ts';
import type { Happening, Stage } from './happening.ts';

export const linkHappenings: readonly Happening[] = [
  onEnd('set down', 5, async ({ node, interface: name }) => {
    await attemptIp(node, `link set ${name} down`);
  }),
  onEnd('renamed', 1, async (end) => {
    await rename(end, 'away');
  }),
  onEnd('IPv6 disabled', 2, (end) => {
    disableIpv6(end, '1');
    return Promise.resolve();
  }),
  onEnd('another MTU', 2, async ({ node, interface: name }, random) => {
    await attemptIp(node, `link set ${name} mtu ${random.pick([68, 600, 1279, 1280, 1400, 9000])}`);
  }),
  onEnd('address removed', 3, async ({ node, interface: name, addresses }, random) => {
    await attemptIp(node, `address del ${random.pick(addresses)} dev ${name}`);
  }),
  onEnd('all addresses removed', 1, async ({ node, interface: name }) => {
    await attemptIp(node, `address flush dev ${name}`);
  }),
  onEnd('another link-local address', 2, async ({ node, interface: name }, random) => {
    const address = `fe80::${random.whole(1, 0xffff).toString(16)}/64`;
    await attemptIp(node, `-6 address flush dev ${name} scope link`);
    await attemptIp(node, `address add ${address} dev ${name}`);
  }),
  {
    name: 'down at both ends',
    weight: 2,
    async happen(stage, random) {
      const cable = someCable(stage, random);
      for (const { node, interface: name } of cable.ends) await attemptIp(node, `link set ${name} down`);
      mendLater(stage, cable, random);
      return textOf(cable);
    },
  },
  {
    name: 'up and down',
    weight: 2,
    async happen(stage, random) {
      const cable = someCable(stage, random);
      const { node, interface: name } = random.pick(cable.ends);
      const flaps = Array.from({ length: random.whole(2, 8) }, () => [
        `link set ${name} down`,
        `link set ${name} up`,
      ]);
      await attemptIp(node, ...flaps.flat());
      mendLater(stage, cable, random);
      return `${flaps.length} times ${textOf(cable)}`;
    },
  },
  {
    name: 'deleted and created again',
    weight: 2,
    async happen(stage, random) {
      const cable = someCable(stage, random);
      await cable.recreate();
      return textOf(cable);
    },
  },
  {
    name: 'deleted',
    weight: 2,
    async happen(stage, random) {
      const cable = someCable(stage, random);
      await cable.remove();
      mendLater(stage, cable, random);
      return textOf(cable);
    },
  },
];

function onEnd(
  name: string,
  weight: number,
  change: (end: CableEnd, random: Random) => Promise<void>,
): Happening {
  return {
    name,
    weight,
    async happen(stage, random) {
      const cable = someCable(stage, random);
      const end = random.pick(cable.ends);
      await change(end, random);
      mendLater(stage, cable, random);
      return `${end.node.name} ${end.interface}`;
    },
  };
}

function someCable({ network }: Stage, random: Random): Cable {
  return random.pick(network.cables);
}

function mendLater({ later }: Stage, cable: Cable, random: Random): void {
  later(random.pick([0, random.between(0, 300), random.between(0, 2_500)]), `mended ${textOf(cable)}`, () =>
    cable.mend(),
  );
}

function textOf({ ends: [one, other] }: Cable): string {
  return `${one.node.name} ${one.interface} – ${other.node.name} ${other.interface}`;
}
