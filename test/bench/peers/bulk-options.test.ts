/** How the bulk benchmark is told what to measure. */
import { describe, expect, it } from 'vitest';
import { rip, ripng } from '../../kit/protocol.ts';
import { parseBulkOptions } from './bulk-options.ts';

describe('the words after `bulk`', () => {
  it('stand for the whole matrix if there are none', () => {
    expect(parseBulkOptions([])).toEqual({
      names: ['Ripstop', 'FRR', 'BIRD', 'BIRD 64 MB'],
      sizes: [1_000, 10_000, 100_000],
      pacings: ['burst', 'paced'],
      protocol: rip,
      runs: 3,
      settling: 6_000,
      profile: undefined,
    });
  });

  it('choose daemons, sizes and pacings', () => {
    const words = ['--only', 'ripstop', '--only', 'bird 64 mb', '-N', '500', '--pacing', 'paced'];
    expect(parseBulkOptions(words)).toMatchObject({
      names: ['Ripstop', 'BIRD 64 MB'],
      sizes: [500],
      pacings: ['paced'],
    });
  });

  it('choose the protocol and how it is measured', () => {
    const words = ['--protocol', 'ripng', '--runs', '1', '--settle', '0.5', '--profile', 'folder'];
    expect(parseBulkOptions(words)).toMatchObject({
      protocol: ripng,
      runs: 1,
      settling: 500,
      profile: 'folder',
    });
  });

  it.each([
    [['--only', 'quagga'], '"quagga" is none of: Ripstop, FRR, BIRD, BIRD 64 MB'],
    [['--protocol', 'ospf'], '"ospf" is none of: rip, ripng'],
    [['-N', 'many'], 'A number above 0 expected, "many" given'],
    [['--runs', '0'], 'A number above 0 expected, "0" given'],
  ])('%j are refused', (words, message) => {
    expect(() => parseBulkOptions(words)).toThrow(message);
  });
});
