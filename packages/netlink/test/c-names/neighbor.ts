/** C's names of neighbors; `c-names.ts` says how. */
export const members = {
  ndmsg: {
    family: 'ndm_family',
    interfaceIndex: 'ndm_ifindex',
    state: 'ndm_state',
    flags: 'ndm_flags',
    type: 'ndm_type',
  },
  nda_cacheinfo: {
    confirmed: 'ndm_confirmed',
    used: 'ndm_used',
    updated: 'ndm_updated',
    references: 'ndm_refcnt',
  },
} as const;

export const constants = {
  NDA: {
    destination: 'NDA_DST',
    destinationPort: 'NDA_PORT',
    linkAddress: 'NDA_LLADDR',
    cacheInfo: 'NDA_CACHEINFO',
    tunnelInterface: 'NDA_IFINDEX',
    tunnelNetNamespaceId: 'NDA_LINK_NETNSID',
    sourceVni: 'NDA_SRC_VNI',
    nextHopId: 'NDA_NH_ID',
    forwarding: 'NDA_FDB_EXT_ATTRS',
    extendedFlags: 'NDA_FLAGS_EXT',
    stateMask: 'NDA_NDM_STATE_MASK',
    flagsMask: 'NDA_NDM_FLAGS_MASK',
  },
  NFEA: {},
  NTF: { externallyLearned: 'NTF_EXT_LEARNED' },
  NTF_EXT: { validated: 'NTF_EXT_EXT_VALIDATED' },
  NUD: { noArp: 'NUD_NOARP' },
} as const;

export const newer = ['NTF_EXT_EXT_VALIDATED', 'NTF_EXT_LOCKED'] as const;
