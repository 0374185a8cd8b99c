/** `rtnl` as a process: a small ip(8) on top of the netlink library. After this file: `program.ts`. */
import { rtnl } from './program.ts';

// Nobody reads what is printed any more: `rtnl route | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
process.exitCode = await rtnl(process.argv.slice(2), { output: process.stdout, errors: process.stderr });
