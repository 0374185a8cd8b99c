/** What has to be true. Cheaper than an expectation: it is asked millions of times. @throws Error with its name */
export function hold(condition: boolean, law: string): asserts condition {
  if (!condition) throw new Error(law);
}
