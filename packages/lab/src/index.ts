/** A lab in network namespaces: topologies, the programs that run in them, and the right to make them. */
export { type KernelRoute, LabNode } from './lab-node.ts';
export { LabProcess } from './lab-process.ts';
export { NamespaceLab } from './namespace-lab.ts';
export { type Privilege, probePrivilege, runInUserNamespace } from './privilege.ts';
export { checkTopology, type Link, type LinkEnd, type Topology, TopologyError } from './topology.ts';
export { until } from './until.ts';
