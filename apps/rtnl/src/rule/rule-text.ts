/** A rule in words, in the manner of `ip`. Before this file: `rule-fields.ts`, which it is made of. */
import type { Fields } from '../fields.ts';
import { bare, called, sentence, unsaid } from '../sentence.ts';

export function ruleText({ priority, not, src, srclen, dst, dstlen, ...fields }: Fields): string {
  const from = srclen === undefined ? src : `${src}/${srclen}`;
  const to = dstlen === undefined ? dst : `${dst}/${dstlen}`;
  const selectors = `${not === null ? 'not ' : ''}from ${from}${dst === undefined ? '' : ` to ${to}`}`;
  const others = sentence(fields, {
    // The second half of what is written as a range or a pair stands behind the first without a space.
    fwmark: (mark: string) => `fwmark ${mark}${fields.fwmask === undefined ? '' : `/${fields.fwmask}`}`,
    fwmask: unsaid,
    iif_detached: () => '[detached]',
    oif_detached: () => '[detached]',
    l3mdev: () => 'lookup [l3mdev-table]',
    uid_start: (start: number) => `uidrange ${start}-${fields.uid_end}`,
    uid_end: unsaid,
    sport_start: (start: number) => `sport ${start}-${fields.sport_end}`,
    sport_end: unsaid,
    dport_start: (start: number) => `dport ${start}-${fields.dport_end}`,
    dport_end: unsaid,
    table: called('lookup'),
    suppress_prefixlen: called('suppress_prefixlength'),
    flow_from: unsaid,
    flow_to: (to: string) => `realms ${fields.flow_from === undefined ? '' : `${fields.flow_from}/`}${to}`,
    unresolved: () => '[unresolved]',
    action: bare,
    protocol: called('proto'),
  });
  return `${priority}:\t${selectors} ${others}`;
}
