/** What a router reports, in words: what a network engineer wants to read of it. */
import { infinity, type Protocol, type Report } from '@ripstop/rip';
import type { RuntimeReport } from '@ripstop/router';

/** @param protocol told only where no address or prefix tells it */
export function reportText(protocol: Protocol, report: Report | RuntimeReport): string {
  switch (report.type) {
    case 'route-changed': {
      const { prefix, metric, metricBefore, nextHops } = report;
      const via = nextHops.map(({ gateway }) => gateway).join(' and ');
      if (metric >= infinity) return `loses ${prefix}`;
      const before = metricBefore >= infinity || metricBefore === metric ? '' : `${metricBefore} → `;
      return `has ${prefix} at metric ${before}${metric}${via === '' ? '' : ` via ${via}`}`;
    }
    case 'neighbor-appeared':
      return `hears ${report.neighbor} on ${report.interface}`;
    case 'neighbor-lost':
      return `hears ${report.neighbor} on ${report.interface} no more`;
    default: {
      const { type, ...details } = report;
      const words = Object.entries(details).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
      return [`${protocol.name}: ${type.replaceAll('-', ' ')}`, ...words].join(' ');
    }
  }
}
