/**
 * How each clause can be taken out of the code. What is found is a piece of the code as it is; a unit test tells when it no
 * longer fits. What is put there instead must run: a program that does not start would prove nothing.
 */
import type { Mutation } from './mutation.ts';
import { authenticationMutations } from './mutations/authentication-mutations.ts';
import { inputMutations } from './mutations/input-mutations.ts';
import { outputMutations } from './mutations/output-mutations.ts';
import { packetMutations } from './mutations/packet-mutations.ts';
import { redistributionMutations } from './mutations/redistribution-mutations.ts';
import { ripngMutations } from './mutations/ripng-mutations.ts';
import { ripngSharedMutations } from './mutations/ripng-shared-mutations.ts';
import { tableMutations } from './mutations/table-mutations.ts';

const ripMutations: readonly Mutation[] = [
  ...packetMutations,
  ...inputMutations,
  ...tableMutations,
  ...outputMutations,
  ...authenticationMutations,
];

export const mutations: readonly Mutation[] = [
  ...ripMutations,
  ...redistributionMutations,
  ...ripngMutations,
  ...ripngSharedMutations(ripMutations),
];
