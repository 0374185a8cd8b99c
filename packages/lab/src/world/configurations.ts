/** What a machine's daemon is told, as in the sections `rip:` and `ripng:` of `ripd.yaml`. */
import { type Protocol, type RouterConfiguration, rip, ripng } from '@ripstop/rip';

/** A router for each protocol that is there. */
export type Configurations = Readonly<Partial<Record<Protocol['name'], RouterConfiguration>>>;

export const protocols: readonly Protocol[] = [rip, ripng];
