// The package manager's version, written once. Not `packageManager` in package.json: pnpm 12 would try to fetch it.
export const PNPM = 'pnpm@10.34.9';
