/** The command line `riplab`. */
import { probePrivilege, runInUserNamespace } from '@ripstop/lab';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { demonstrate } from './demo.ts';

await yargs(hideBin(process.argv))
  .scriptName('riplab')
  .usage('$0 COMMAND')
  .command(
    'demo',
    'Four routers in namespaces: they converge, a link is cut, they find another way',
    {},
    demo,
  )
  .demandCommand(1, 'Say what to do: riplab demo')
  .strict()
  .parseAsync();

async function demo(): Promise<void> {
  const privilege = probePrivilege();
  if (privilege.way === 'refused') {
    console.error(`riplab cannot make network namespaces.\n${privilege.reason}`);
    console.error(['What to do:', ...privilege.remedies].join('\n  '));
    process.exitCode = 1;
  } else if (privilege.way === 'user-namespace') {
    console.log('Not root: the lab runs in a user namespace of its own.');
    process.exitCode = await runInUserNamespace();
  } else {
    process.exitCode = await demonstrate();
  }
}
