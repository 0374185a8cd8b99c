/** A small change to the code that takes one clause out of it. The clause's test has to notice. */

export interface Mutation {
  /** Name of the clause's test. */
  readonly clause: string;
  /** From the root of the checkout. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** Mutations of one file, each as [name of the clause, what to find, what to put there instead]. */
export function mutationsOf(
  file: string,
  ...changes: readonly (readonly [clause: string, find: string, replace: string])[]
): readonly Mutation[] {
  return changes.map(([clause, find, replace]) => ({ clause, file, find, replace }));
}

/** The mutated text. @throws Error if what is to be found is not there, or more than once */
export function mutate(text: string, { clause, file, find, replace }: Mutation): string {
  const parts = text.split(find);
  if (parts.length !== 2) {
    throw new Error(
      `${file} has ${parts.length - 1} times what the mutation of "${clause}" looks for: ${find}`,
    );
  }
  return parts.join(replace);
}
