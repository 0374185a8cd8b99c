/**
 * Names of interfaces as a shell writes them: `lab-*`, `eth?`, `eth[0-3]`, `eth[!0]`; a bracket that is never closed stands
 * for itself. Used where a configuration or a policy rule names interfaces.
 */

interface InterfacePattern {
  readonly expression: RegExp;
  /** How many characters stand for themselves: the more of them, the more exact the pattern. */
  readonly literals: number;
}

export function interfacePattern(text: string): InterfacePattern {
  let source = '';
  let literals = 0;
  for (const [token] of text.matchAll(/\[[!^]?\]?[^\]]*\]|./gs)) {
    if (token === '*') source += '.*';
    else if (token === '?') source += '.';
    else if (token.length > 1) source += characterClass(token);
    else {
      source += escaped(token);
      literals += 1;
    }
  }
  return { expression: new RegExp(`^${source}$`, 's'), literals };
}

/** Whether a name is what `text` says: that name itself, or one that the pattern matches. */
export function namesInterface(text: string, name: string): boolean {
  return text === name || interfacePattern(text).expression.test(name);
}

function characterClass(token: string): string {
  const negated = token[1] === '!' || token[1] === '^';
  const members = token.slice(negated ? 2 : 1, -1).replace(/[\\\]^[]/g, '\\$&');
  // A range the wrong way round would be an error of the regular expression; it holds no character.
  const ranges = members.replace(/(.)-(.)/gs, (range, from: string, to: string) => (from > to ? '' : range));
  return `[${negated ? '^' : ''}${ranges}]`;
}

function escaped(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');
}
