/** Waiting for the outside world: ask again and again, never longer than a deadline. */

/** Milliseconds between two questions. */
const POLL_INTERVAL_MS = 25;

/**
 * Asks until the answer is something other than undefined or false.
 * @param what names the condition in the error: `north has all routes`
 * @param within milliseconds
 * @throws Error if the deadline passes first
 */
export async function until<Answer>(
  what: string,
  within: number,
  ask: () => Answer | Promise<Answer>,
): Promise<Exclude<Answer, undefined | false>> {
  const deadline = performance.now() + within;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer as Exclude<Answer, undefined | false>;
    if (performance.now() >= deadline) throw new Error(`Not within ${within} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS));
  }
}
