/** Why a router cannot start: something in the host is in the way. The message says what, and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
  /**
   * MISSING_RIGHT: a capability; NO_DIGEST: an algorithm that a key needs; NO_IPV6: in the kernel; NO_INTERFACE: a protocol
   * can be spoken on none; NO_PROTOCOL: neither `rip` nor `ripng` can start; CONTROL_SOCKET: it cannot be had.
   */
  readonly code:
    | 'MISSING_RIGHT'
    | 'NO_DIGEST'
    | 'NO_IPV6'
    | 'NO_INTERFACE'
    | 'NO_PROTOCOL'
    | 'CONTROL_SOCKET';

  constructor(code: StartError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
