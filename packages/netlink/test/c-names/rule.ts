/** C's names of rules; `c-names.ts` says how. */
export const members = {
  fib_rule_hdr: {
    family: 'family',
    destinationLength: 'dst_len',
    sourceLength: 'src_len',
    tos: 'tos',
    headerTable: 'table',
    action: 'action',
    flags: 'flags',
  },
  fib_rule_uid_range: { start: 'start', end: 'end' },
  fib_rule_port_range: { start: 'start', end: 'end' },
} as const;

export const constants = {
  FIB_RULE: {
    inputInterfaceDetached: 'FIB_RULE_IIF_DETACHED',
    outputInterfaceDetached: 'FIB_RULE_OIF_DETACHED',
  },
  FRA: {
    destination: 'FRA_DST',
    source: 'FRA_SRC',
    inputInterfaceName: 'FRA_IIFNAME',
    mark: 'FRA_FWMARK',
    tunnelId: 'FRA_TUN_ID',
    suppressInterfaceGroup: 'FRA_SUPPRESS_IFGROUP',
    suppressPrefixLength: 'FRA_SUPPRESS_PREFIXLEN',
    markMask: 'FRA_FWMASK',
    outputInterfaceName: 'FRA_OIFNAME',
    l3Master: 'FRA_L3MDEV',
    userIdRange: 'FRA_UID_RANGE',
    ipProtocol: 'FRA_IP_PROTO',
    sourcePorts: 'FRA_SPORT_RANGE',
    destinationPorts: 'FRA_DPORT_RANGE',
    flowLabel: 'FRA_FLOWLABEL',
    flowLabelMask: 'FRA_FLOWLABEL_MASK',
    sourcePortMask: 'FRA_SPORT_MASK',
    destinationPortMask: 'FRA_DPORT_MASK',
  },
  FR_ACT: { unspecified: 'FR_ACT_UNSPEC', 'to-table': 'FR_ACT_TO_TBL' },
} as const;

export const newer = [
  'FRA_DPORT_MASK',
  'FRA_DSCP',
  'FRA_DSCP_MASK',
  'FRA_FLOWLABEL',
  'FRA_FLOWLABEL_MASK',
  'FRA_SPORT_MASK',
] as const;
