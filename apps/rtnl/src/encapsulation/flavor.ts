/** Flavors of segment routing's endpoints by their words: bits 1 << SEG6_LOCAL_FLV_OP_*, linux/seg6_local.h. RFC 8986 §4.16. */
export const flavorBits: Readonly<Record<string, number>> = {
  psp: 1 << 1,
  usp: 1 << 2,
  usd: 1 << 3,
  'next-csid': 1 << 4,
};
