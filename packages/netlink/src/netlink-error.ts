/** A request that the kernel refused. */
import { errnoName } from './errno.ts';

/** What an error is made of. */
export interface NetlinkFailure {
  /** Positive. */
  readonly errno: number;
  /** The request's type: `RTM_NEWROUTE`. */
  readonly operation: string;
  /** The request's sequence number. */
  readonly sequence: number;
  /** The kernel's own words (NLMSGERR_ATTR_MSG). */
  readonly kernelMessage?: string | undefined;
  /** The attribute or member that the kernel did not like (NLMSGERR_ATTR_OFFS): `metrics.mtu`, `multipath[1].gateway`. */
  readonly attribute?: string | undefined;
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
  readonly missingAttribute?: string;

  constructor(failure: NetlinkFailure) {
    const { errno, operation, sequence, kernelMessage, attribute, missingAttribute } = failure;
    const code = errnoName(errno);
    const where = attribute === undefined ? '' : ` (${attribute})`;
    const missing = missingAttribute === undefined ? '' : `, ${missingAttribute} is missing`;
    super(
      `${operation}: ${code}${kernelMessage === undefined ? '' : `: ${kernelMessage}`}${where}${missing}`,
    );
    this.code = code;
    this.errno = errno;
    this.operation = operation;
    this.sequence = sequence;
    if (kernelMessage !== undefined) this.kernelMessage = kernelMessage;
    if (attribute !== undefined) this.attribute = attribute;
    if (missingAttribute !== undefined) this.missingAttribute = missingAttribute;
  }
}
