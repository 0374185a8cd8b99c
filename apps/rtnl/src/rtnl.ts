/** `rtnl` as a process: a small ip(8) on top of the netlink library. After this file: `program.ts`. */
import { FAILED, rtnl } from './program.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Nobody reads what is printed any more: `rtnl route | head`.
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(`rtnl: ${error.message}\n`);
  process.exit(FAILED);
});
// Then there is nobody left to tell.
process.stderr.on('error', () => process.exit(FAILED));
process.exitCode = await rtnl(process.argv.slice(2), { output: process.stdout, errors: process.stderr });
