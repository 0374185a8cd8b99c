/** How the fields of an encapsulation are said. Before this file: `encapsulation-fields.ts`. After it: the text of next hops. */
import { called, type Rules } from '../sentence.ts';

export const encapsulationRules = {
  encap_id: called('id'),
  encap_src: called('src'),
  // Labels stand right behind `encap mpls`.
  encap_dst: (destination: string) => (/[.:]/.test(destination) ? `dst ${destination}` : destination),
  encap_tos: called('tos'),
  encap_table: called('table'),
  encap_iif: called('iif'),
  segs: segmentsText,
  hmac: (keyId: string) => `hmac ${Number(keyId).toString(16).toUpperCase()}`,
  srh: ({ segs }: { readonly segs: readonly string[] }) => segmentsText(segs),
  stats64: (counters: object) =>
    Object.entries(counters)
      .map(([name, count]) => `${name} ${count}`)
      .join(' '),
  flavors: (names: readonly string[]) => `flavors ${names.join(',')}`,
} satisfies Rules;

function segmentsText(segments: readonly string[]): string {
  return `segs ${segments.length} [ ${segments.join(' ')} ]`;
}
