/**
 * What the kernel would have accepted in an attribute that it refused (NLMSGERR_ATTR_POLICY), in words.
 *
 * Before it: `acknowledgement`. After it: `NetlinkError`.
 */
import type { Acknowledgement } from './acknowledgement.ts';

type Policy = NonNullable<Acknowledgement['extended']['policy']>;

/** `u32 from 68 to 65535`, `nul-string of at most 15 bytes`. */
export function describePolicy(policy: Policy): string {
  const { type, minimumLength, maximumLength, mask = policy.bitfield32Mask } = policy;
  const words = [type ?? 'value'];
  const range = spanOf(policy.minimum ?? policy.minimumSigned, policy.maximum ?? policy.maximumSigned);
  if (range !== '') words.push(range);
  if (minimumLength !== undefined && minimumLength === maximumLength) {
    words.push(`of ${minimumLength} bytes`);
  } else {
    if (minimumLength !== undefined) words.push(`of at least ${minimumLength} bytes`);
    if (maximumLength !== undefined) words.push(`of at most ${maximumLength} bytes`);
  }
  if (mask !== undefined) words.push(`of the bits 0x${mask.toString(16)}`);
  return words.join(' ');
}

function spanOf(minimum: bigint | undefined, maximum: bigint | undefined): string {
  const from = minimum === undefined ? [] : [`from ${minimum}`];
  const to = maximum === undefined ? [] : [`to ${maximum}`];
  return [...from, ...to].join(' ');
}
