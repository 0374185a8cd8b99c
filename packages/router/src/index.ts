/** The loop between a RIP router and the world: `Runtime`, and the ports that the world is plugged in at. */

export { missingDigests, systemDigest } from './digest.ts';
export { Fib } from './fib/fib.ts';
export type { FibSnapshot, KernelRouteSnapshot } from './fib/kernel-view.ts';
export type { FibEvent, FibSettings, RouteAction } from './fib/settings.ts';
export {
  type DuplicateAddress,
  type IdleInterface,
  type InterfaceChanges,
  type InterfaceEvent,
  Interfaces,
} from './interfaces.ts';
export { DefaultRouteWatch } from './kernel/default-route-watch.ts';
export type { RouteNotification, RoutePlace } from './kernel/kernel-route.ts';
export { KernelTable } from './kernel/kernel-table.ts';
export type {
  Clock,
  DatagramSocket,
  Datagrams,
  Envelope,
  Journal,
  Kernel,
  KernelSubscriptionOptions,
  Ports,
  RequestOutcome,
  RuntimeReport,
  State,
  Timer,
} from './ports.ts';
export type { RuleSnapshot } from './redistribution/intake.ts';
export type {
  RedistributedType,
  RedistributionRule,
  RedistributionSettings,
} from './redistribution/rule.ts';
export { Runtime } from './runtime.ts';
export { failureReason } from './system-failure.ts';
