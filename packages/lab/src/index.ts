/**
 * Two labs for the same routers. In network namespaces: topologies, the programs that run in them, and the right to make
 * them. In memory: a simulated world with time of its own. Scenarios can be played in both.
 */
export { onExit } from './exit-hook.ts';
export { type KernelRoute, LabNode } from './lab-node.ts';
export { LabProcess } from './lab-process.ts';
export { NamespaceLab } from './namespace-lab.ts';
export { type Privilege, probePrivilege, runInUserNamespace } from './privilege.ts';
export { ScenarioFileError } from './scenario/checked-yaml.ts';
export { randomScenario, type ScenarioChoices, type Spoken } from './scenario/generator.ts';
export { obstacle, type Programs, rehearse } from './scenario/rehearsal.ts';
export { type Scenario, speakingOnly } from './scenario/scenario.ts';
export { parseScenario } from './scenario/scenario-file.ts';
export { shrink, troubleOf } from './scenario/shrink.ts';
export { type Outcome, type StoryLine, simulate } from './scenario/simulation.ts';
export { checkTopology, type Link, type LinkEnd, type Topology, TopologyError } from './topology.ts';
export { until } from './until.ts';
export { Random } from './world/random.ts';
