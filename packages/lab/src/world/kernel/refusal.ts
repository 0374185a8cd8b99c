/** Why the simulated kernel refuses a request: Linux's error number and, where it has them, Linux's words. */

/** asm-generic/errno-base.h, asm-generic/errno.h. */
const errorNumbers = {
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
  ENOSPC: 28,
  EOPNOTSUPP: 95,
  EADDRNOTAVAIL: 99,
  ENETDOWN: 100,
  ENETUNREACH: 101,
  ENOBUFS: 105,
  EHOSTUNREACH: 113,
} as const;

export type ErrorName = keyof typeof errorNumbers;

export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** Positive. */
  readonly errno: number;
  /** NLMSGERR_ATTR_MSG. */
  readonly words: string | undefined;

  constructor(code: ErrorName, words?: string) {
    super(words ?? code);
    this.errno = errorNumbers[code];
    this.words = words;
  }
}
