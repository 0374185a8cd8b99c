/**
 * What the kernel says to a request: NLMSG_ERROR and NLMSG_DONE, each with an error number and, in a socket that has set
 * NETLINK_EXT_ACK, an extended acknowledgement (linux/netlink.h).
 *
 * Before it: a control message, in `Exchange`. After it: `NetlinkError`.
 */
import {
  align4,
  attributes,
  bytes,
  cString,
  enumeration,
  i32,
  i64,
  nested,
  struct,
  u32,
  u64,
  type ValueOf,
} from '@ripstop/wire';
import { acknowledgementFlags, controlTypes, type Message, messageHeader } from './message.ts';

/** NL_ATTR_TYPE_*. */
const policyAttributeType = enumeration('NL_ATTR_TYPE', u32, {
  invalid: 0,
  flag: 1,
  u8: 2,
  u16: 3,
  u32: 4,
  u64: 5,
  s8: 6,
  s16: 7,
  s32: 8,
  s64: 9,
  binary: 10,
  string: 11,
  'nul-string': 12,
  nested: 13,
  'nested-array': 14,
  bitfield32: 15,
});

/** NL_POLICY_TYPE_ATTR_*: what the kernel would have accepted. */
const policyAttributes = attributes('NL_POLICY_TYPE_ATTR', {
  type: [1, policyAttributeType],
  minimumSigned: [2, i64],
  maximumSigned: [3, i64],
  minimum: [4, u64],
  maximum: [5, u64],
  minimumLength: [6, u32],
  maximumLength: [7, u32],
  policyIndex: [8, u32],
  policyMaximumType: [9, u32],
  bitfield32Mask: [10, u32],
  pad: [11, bytes],
  mask: [12, u64],
});

/** NLMSGERR_ATTR_*. Offsets are in the request, from the beginning of its nlmsghdr. */
export const extendedAcknowledgement = attributes('NLMSGERR_ATTR', {
  message: [1, cString],
  offset: [2, u32],
  cookie: [3, bytes],
  policy: [4, nested(policyAttributes)],
  missingType: [5, u32],
  missingNest: [6, u32],
});

/** struct nlmsgerr: 20 bytes. `request` is the header of what is answered. */
export const errorHeader = struct('nlmsgerr', 20, { error: i32, request: messageHeader });

type ExtendedAcknowledgement = ValueOf<typeof extendedAcknowledgement>;

/** What the kernel says to one request. */
export interface Acknowledgement {
  /** Positive; 0 is success. */
  readonly errno: number;
  /** Empty where there is none. */
  readonly extended: ExtendedAcknowledgement;
}

/**
 * Where the extended acknowledgement of an NLMSG_ERROR or NLMSG_DONE begins; behind the message's end if it has none.
 *
 * In NLMSG_ERROR it lies behind the request's payload, which is there unless the request succeeded or NLM_F_CAPPED is
 * set (NETLINK_CAP_ACK). In NLMSG_DONE it follows the error number at once.
 */
export function extendedAcknowledgementStart(view: DataView, message: Message): number {
  const { type, flags, start, end } = message;
  if (type === controlTypes.NLMSG_DONE) return start + i32.size;
  const { error, request } = errorHeader.decode(view, start, end);
  const payload =
    error === 0 || (flags & acknowledgementFlags.masks.capped) !== 0
      ? 0
      : Math.min(Math.max(0, request.length - messageHeader.size), end - start);
  return start + errorHeader.size + align4(payload);
}

/** Reads an NLMSG_ERROR or NLMSG_DONE. @throws DecodeError */
export function decodeAcknowledgement(view: DataView, message: Message): Acknowledgement {
  const { start, end } = message;
  const errno = Math.max(0, -i32.decode(view, start, end));
  if ((message.flags & acknowledgementFlags.masks.attributes) === 0) return { errno, extended: {} };
  return {
    errno,
    extended: extendedAcknowledgement.decode(view, extendedAcknowledgementStart(view, message), end),
  };
}
