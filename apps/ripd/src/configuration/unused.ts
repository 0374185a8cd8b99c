/** Key chains and prefix sets that nothing in the file uses: perhaps a name was mistyped elsewhere. Before: `file`. */
import type { FileContents } from './schema.ts';
import type { Warning } from './unwise.ts';

export function unusedSections(file: FileContents): Warning[] {
  const chains = Object.values(file.rip?.interfaces ?? {}).map(({ authentication }) =>
    authentication !== undefined && 'chain' in authentication ? authentication.chain : undefined,
  );
  const rules = [file.rip, file.ripng].flatMap((instance) => [
    ...(instance?.policy ?? []),
    ...(instance?.redistribute ?? []),
  ]);
  const sets = rules.map((rule) => rule['prefix-set']);
  return [...unused(file, 'key-chains', chains), ...unused(file, 'prefix-sets', sets)];
}

function unused(
  file: FileContents,
  list: 'key-chains' | 'prefix-sets',
  used: readonly (string | undefined)[],
): Warning[] {
  return file[list].flatMap(({ name }, at) =>
    used.includes(name) ? [] : [{ path: [list, at], text: `nothing uses ${name}` }],
  );
}
