/** What is shown of an object: a JSON object with the names and in the order of iproute2. After this file: `sentence.ts`. */

export type Fields = Readonly<Record<string, unknown>>;

/** Without the fields that have no value. */
export function definedOnly(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** The names whose bits are set, in the order of `masks`. */
export function namesOfBits(bits: number, masks: Readonly<Record<string, number>>): string[] {
  return Object.entries(masks).flatMap(([name, mask]) => ((bits & mask) === 0 ? [] : [name]));
}
