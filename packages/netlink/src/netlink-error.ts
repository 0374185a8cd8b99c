/** A request that the kernel refused. */
import { errnoName, errnoWords } from './errno.ts';

/** What an error is made of. */
export interface NetlinkFailure {
  /** Positive. */
  readonly errno: number;
  /** The request's type: `RTM_NEWROUTE`. */
  readonly operation: string;
  /** The request's sequence number. */
  readonly sequence: number;
  /** The kernel's own sentence (NLMSGERR_ATTR_MSG). */
  readonly kernelMessage?: string | undefined;
  /** The attribute or member that the kernel did not like (NLMSGERR_ATTR_OFFS): `metrics.mtu`, `multipath[1].gateway`. */
  readonly attribute?: string | undefined;
  /** What the kernel accepts there (NLMSGERR_ATTR_POLICY): `u32 from 68 to 65535`. */
  readonly accepted?: string | undefined;
  /** The attribute that the kernel wants and the request does not have (NLMSGERR_ATTR_MISS_TYPE). */
  readonly missingAttribute?: string | undefined;
}

/** `code` is the error number's name: `EEXIST`. ENOBUFS: the answer was lost, what became of the request is not known. */
export class NetlinkError extends Error {
  override readonly name = 'NetlinkError';
  readonly code: string;
  readonly errno: number;
  readonly operation: string;
  readonly sequence: number;
  readonly kernelMessage?: string;
  readonly attribute?: string;
  readonly accepted?: string;
  readonly missingAttribute?: string;

  constructor(failure: NetlinkFailure) {
    const { errno, operation, sequence, kernelMessage, attribute, accepted, missingAttribute } = failure;
    const code = errnoName(errno);
    super(messageOf(code, failure));
    this.code = code;
    this.errno = errno;
    this.operation = operation;
    this.sequence = sequence;
    if (kernelMessage !== undefined) this.kernelMessage = kernelMessage;
    if (attribute !== undefined) this.attribute = attribute;
    if (accepted !== undefined) this.accepted = accepted;
    if (missingAttribute !== undefined) this.missingAttribute = missingAttribute;
  }
}

/**
 * `RTM_NEWLINK: ERANGE: integer out of range (mtu; accepted: u32 from 68 to 65535)`. Where the kernel gives no more than a
 * number, with the words of that: `RTM_NEWROUTE: EPERM: Operation not permitted`.
 */
function messageOf(code: string, failure: NetlinkFailure): string {
  const { errno, operation, kernelMessage, attribute, accepted, missingAttribute } = failure;
  const words = kernelMessage ?? errnoWords(errno);
  const where = [
    ...(attribute === undefined ? [] : [attribute]),
    ...(accepted === undefined ? [] : [`accepted: ${accepted}`]),
  ];
  return [
    operation,
    `: ${code}`,
    words === undefined ? '' : `: ${words}`,
    where.length === 0 ? '' : ` (${where.join('; ')})`,
    missingAttribute === undefined ? '' : `, ${missingAttribute} is missing`,
  ].join('');
}
