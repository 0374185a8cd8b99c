/** C's names of netlink itself; `c-names.ts` says how. */
export const members = {
  nlmsghdr: {
    length: 'nlmsg_len',
    type: 'nlmsg_type',
    flags: 'nlmsg_flags',
    sequence: 'nlmsg_seq',
    portId: 'nlmsg_pid',
  },
  nlmsgerr: { error: 'error', request: 'msg' },
} as const;

export const constants = {
  AF: { unspecified: 'AF_UNSPEC', ipv4: 'AF_INET', ipv6: 'AF_INET6' },
  NLMSG: {},
  NLMSGERR_ATTR: {
    message: 'NLMSGERR_ATTR_MSG',
    offset: 'NLMSGERR_ATTR_OFFS',
    missingType: 'NLMSGERR_ATTR_MISS_TYPE',
    missingNest: 'NLMSGERR_ATTR_MISS_NEST',
  },
  NLM_F: {
    acknowledge: 'NLM_F_ACK',
    dumpInterrupted: 'NLM_F_DUMP_INTR',
    exclusive: 'NLM_F_EXCL',
    nonRecursive: 'NLM_F_NONREC',
    attributes: 'NLM_F_ACK_TLVS',
  },
  NL_ATTR_TYPE: {},
  NL_POLICY_TYPE_ATTR: {
    minimumSigned: 'NL_POLICY_TYPE_ATTR_MIN_VALUE_S',
    maximumSigned: 'NL_POLICY_TYPE_ATTR_MAX_VALUE_S',
    minimum: 'NL_POLICY_TYPE_ATTR_MIN_VALUE_U',
    maximum: 'NL_POLICY_TYPE_ATTR_MAX_VALUE_U',
    minimumLength: 'NL_POLICY_TYPE_ATTR_MIN_LENGTH',
    maximumLength: 'NL_POLICY_TYPE_ATTR_MAX_LENGTH',
    policyIndex: 'NL_POLICY_TYPE_ATTR_POLICY_IDX',
    policyMaximumType: 'NL_POLICY_TYPE_ATTR_POLICY_MAXTYPE',
    bitfield32Mask: 'NL_POLICY_TYPE_ATTR_BITFIELD32_MASK',
  },
} as const;
