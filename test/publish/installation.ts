/**
 * The packages as npm gets them, installed in an empty folder outside the checkout: what their users will have. With them
 * come the other versions of Node, and an older TypeScript beside the checkout's own.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { onExit } from '@ripstop/lab';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

export const packages = ['wire', 'netlink', 'socket'] as const;

/** One of each major version that is supported. */
const NODES = { 20: '20.20.2', 22: '22.23.3', 24: '24.21.0' } as const;
export const nodeVersions = Object.keys(NODES) as unknown as readonly (keyof typeof NODES)[];

/** Before the checkout's own, which was rewritten in another language. */
const OLDER_TYPESCRIPT = '5.9.3';

export class Installation {
  readonly folder: string;
  /** Paths, in the order of `packages`. */
  readonly tarballs: readonly string[];
  readonly #forget: () => void;

  /** Packs and installs. @throws Error with what npm, pnpm or the compiler printed */
  static async make(): Promise<Installation> {
    const folder = mkdtempSync(join(tmpdir(), 'ripstop-publish-'));
    const forget = onExit(() => rmSync(folder, { recursive: true, force: true }));
    try {
      const { stdout } = await run(process.execPath, [join(root, 'scripts/pack.mjs'), folder]);
      const installation = new Installation(folder, forget, stdout.trimEnd().split('\n'));
      await installation.#install();
      return installation;
    } catch (error) {
      forget();
      rmSync(folder, { recursive: true });
      throw error;
    }
  }

  private constructor(folder: string, forget: () => void, packed: readonly string[]) {
    this.folder = folder;
    this.#forget = forget;
    this.tarballs = packages.map((name) => packed.find((path) => path.includes(`-${name}-`)) ?? '');
  }

  async #install(): Promise<void> {
    const manifest = {
      private: true,
      type: 'module',
      dependencies: Object.fromEntries(
        packages.map((name, at) => [`@ripstop/${name}`, `file:${this.tarballs[at]}`]),
      ),
      devDependencies: {
        '@types/node': typesOfNode(),
        'older-typescript': `npm:typescript@${OLDER_TYPESCRIPT}`,
        ...Object.fromEntries(
          Object.entries(NODES)
            .filter(([major]) => !isOwn(major))
            .map(([major, version]) => [`node-${major}`, `npm:node-linux-${process.arch}@${version}`]),
        ),
      },
    };
    this.write('package.json', JSON.stringify(manifest));
    await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: this.folder });
  }

  /** Writes a file of the project that uses the packages. */
  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** A path in the folder of one of the packages. */
  pathIn(name: (typeof packages)[number], path: string): string {
    return join(this.folder, 'node_modules/@ripstop', name, path);
  }

  /** Compiles `program.ts` and prints what is wrong with it, which should be nothing. */
  async compile(compiler: 'own' | 'older', options: Readonly<Record<string, unknown>>): Promise<string> {
    const tsc = {
      own: join(root, 'node_modules/typescript/bin/tsc'),
      older: join(this.folder, 'node_modules/older-typescript/bin/tsc'),
    };
    const compilerOptions = { strict: true, target: 'es2023', lib: ['es2023'], types: ['node'], ...options };
    this.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['program.ts'] }));
    const { stdout } = await run(process.execPath, [tsc[compiler]], { cwd: this.folder }).catch(
      (error) => error,
    );
    return stdout;
  }

  /** The program of a version of Node: the one that runs this, if that is its version. */
  node(major: keyof typeof NODES): string {
    return isOwn(String(major)) ? process.execPath : join(this.folder, `node_modules/node-${major}/bin/node`);
  }

  /** Standard output of a command that runs in the folder. @throws Error with what it printed if it fails */
  async output(command: string, ...parameters: string[]): Promise<string> {
    return (await run(command, parameters, { cwd: this.folder, timeout: 30_000 })).stdout;
  }

  remove(): void {
    this.#forget();
    rmSync(this.folder, { recursive: true });
  }
}

function isOwn(major: string): boolean {
  return process.versions.node.startsWith(`${major}.`);
}

/** As the checkout has them. */
function typesOfNode(): string {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return devDependencies['@types/node'];
}
