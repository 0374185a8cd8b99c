/** `rtnl` as a user starts it: the built program (`npm run build`), in a process of its own. */
import { fileURLToPath } from 'node:url';

export const program = fileURLToPath(new URL('../bin/rtnl.js', import.meta.url));
