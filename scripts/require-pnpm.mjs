// Refuses `npm install` and `yarn`: the workspace is installed by pnpm, which `npm run build` starts by itself.
if (!(process.env.npm_config_user_agent ?? '').startsWith('pnpm/')) {
  console.error(
    'Ripstop is installed by pnpm. Run `npm run build`: it fetches pnpm and installs everything.',
  );
  process.exit(1);
}
