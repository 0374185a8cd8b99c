/** The files of a checkout, without what is built or installed. */
import { readdirSync } from 'node:fs';

const passedOver = new Set(['node_modules', 'dist']);

/** Paths from `root`, in alphabetical order. @param root ends with a slash */
export function filesUnder(root: string, folder: string): string[] {
  return readdirSync(root + folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return passedOver.has(entry.name) ? [] : filesUnder(root, path);
      return entry.isFile() ? [path] : [];
    });
}
