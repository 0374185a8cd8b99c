/** C's names of addresses; `c-names.ts` says how. */
export const members = {
  ifaddrmsg: {
    family: 'ifa_family',
    prefixLength: 'ifa_prefixlen',
    headerFlags: 'ifa_flags',
    scope: 'ifa_scope',
    interfaceIndex: 'ifa_index',
  },
  ifa_cacheinfo: {
    preferredLifetime: 'ifa_prefered',
    validLifetime: 'ifa_valid',
    created: 'cstamp',
    updated: 'tstamp',
  },
} as const;

export const constants = {
  IFA: {
    priority: 'IFA_RT_PRIORITY',
    targetNetNamespaceId: 'IFA_TARGET_NETNSID',
    protocol: 'IFA_PROTO',
    cacheInfo: 'IFA_CACHEINFO',
  },
  IFAPROT: {
    unspecified: 'IFAPROT_UNSPEC',
    loopback: 'IFAPROT_KERNEL_LO',
    'router-advertisement': 'IFAPROT_KERNEL_RA',
    'link-local': 'IFAPROT_KERNEL_LL',
  },
  IFA_F: {
    noDuplicateDetection: 'IFA_F_NODAD',
    duplicateDetectionFailed: 'IFA_F_DADFAILED',
    homeAddress: 'IFA_F_HOMEADDRESS',
    manageTemporary: 'IFA_F_MANAGETEMPADDR',
    noPrefixRoute: 'IFA_F_NOPREFIXROUTE',
    multicastAutoJoin: 'IFA_F_MCAUTOJOIN',
  },
} as const;
