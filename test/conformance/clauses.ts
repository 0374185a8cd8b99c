/** Every clause that Ripstop is held to, by topic. What is missing here is in no RFC that RIP or RIPng refers to. */

import type { Topic } from './clause.ts';
import { authentication, keyChains } from './clauses/authentication.ts';
import { learning, nextHop, validation } from './clauses/input.ts';
import {
  gracefulShutdown,
  output,
  redistribution,
  splitHorizon,
  triggeredUpdates,
} from './clauses/output.ts';
import { requests } from './clauses/requests.ts';
import { ripngFormat } from './clauses/ripng-format.ts';
import { ripngRequests, ripngResponses, ripngTimers } from './clauses/ripng-input.ts';
import { ripngControl, ripngOutput } from './clauses/ripng-output.ts';
import { counters, timers } from './clauses/timers.ts';
import { transport } from './clauses/transport.ts';
import { ttlSecurity, versionOne, versions } from './clauses/version-one.ts';

export const topics: readonly Topic[] = [
  transport,
  validation,
  learning,
  requests,
  output,
  triggeredUpdates,
  timers,
  splitHorizon,
  nextHop,
  redistribution,
  versionOne,
  versions,
  authentication,
  keyChains,
  gracefulShutdown,
  ttlSecurity,
  counters,
  ripngFormat,
  ripngTimers,
  ripngRequests,
  ripngResponses,
  ripngOutput,
  ripngControl,
];
