/**
 * What must be gone when this process ends, however it ends: namespaces, programs, temporary files.
 *
 * Invariant: a release is synchronous, and harmless when it is called twice. Only SIGKILL gets past it.
 */
const releases = new Set<() => void>();
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Calls `release` when the process exits, throws, or is told to stop by a signal.
 * @returns forgets it again
 */
export function onExit(release: () => void): () => void {
  if (releases.size === 0) {
    process.on('exit', releaseAll);
    for (const signal of signals) process.on(signal, stop);
  }
  releases.add(release);
  return () => {
    if (releases.delete(release) && releases.size === 0) unhook();
  };
}

/**
 * Releases, then lets the signal do what it does by default, so that the parent sees how we ended. Until then we stay hooked:
 * the signal may come twice, from the terminal and from a parent that passes it on, and must not end us halfway.
 */
function stop(signal: NodeJS.Signals): void {
  try {
    releaseAll();
  } finally {
    unhook();
    process.kill(process.pid, signal);
  }
}

/** One release that throws does not keep back the others. */
function releaseAll(): void {
  const pending = [...releases];
  releases.clear();
  const errors = pending.flatMap((release) => {
    try {
      release();
      return [];
    } catch (error) {
      return [error];
    }
  });
  if (errors.length > 0) throw new AggregateError(errors, 'Not everything could be cleaned up');
}

function unhook(): void {
  process.off('exit', releaseAll);
  for (const signal of signals) process.off(signal, stop);
}
