/** C's names of next-hop objects; `c-names.ts` says how. */
export const members = {
  nhmsg: {
    family: 'nh_family',
    scope: 'nh_scope',
    protocol: 'nh_protocol',
    flags: 'nh_flags',
  },
  // `weightHigh` is `weight_high` since Linux 6.12, `resvd1` before.
  nexthop_grp: { id: 'id', weight: 'weight', weightHigh: 'resvd1' },
} as const;

export const constants = {
  NEXTHOP_GRP_TYPE: { multipath: 'NEXTHOP_GRP_TYPE_MPATH', resilient: 'NEXTHOP_GRP_TYPE_RES' },
  NHA: {
    outputInterface: 'NHA_OIF',
    encapsulationType: 'NHA_ENCAP_TYPE',
    encapsulation: 'NHA_ENCAP',
    forwarding: 'NHA_FDB',
    resilientGroup: 'NHA_RES_GROUP',
    resilientBucket: 'NHA_RES_BUCKET',
    operationFlags: 'NHA_OP_FLAGS',
    groupStatistics: 'NHA_GROUP_STATS',
    hardwareStatisticsEnable: 'NHA_HW_STATS_ENABLE',
    hardwareStatisticsUsed: 'NHA_HW_STATS_USED',
  },
  NHA_RES_BUCKET: { nextHopId: 'NHA_RES_BUCKET_NH_ID' },
  NHA_RES_GROUP: {},
} as const;

export const newer = ['NHA_GROUP_STATS', 'NHA_HW_STATS_ENABLE', 'NHA_HW_STATS_USED', 'NHA_OP_FLAGS'] as const;
