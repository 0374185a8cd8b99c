/** `link property add|delete [dev] NAME altname NAME …`: further names of a link. Before this file: `link.ts`. */
import type { LinkInput } from '@ripstop/netlink';
import { CommandError, type Context, type Grammar } from '../command.ts';
import { carryOut } from '../request.ts';
import { Vocabulary } from '../vocabulary.ts';

/** What the words say. */
interface LinkProperty {
  readonly operation: 'new-property' | 'delete-property';
  readonly message: LinkInput;
}

interface Draft {
  readonly index?: number;
  readonly alternativeNames: readonly string[];
}

const vocabulary = new Vocabulary<Draft>({
  '[dev] NAME': (words, { interfaces }, { index }) => {
    if (index !== undefined) words.end();
    return { index: interfaces.indexOf(words.value('dev')) };
  },
  'altname NAME': (words, _, { alternativeNames }) => ({
    alternativeNames: [...alternativeNames, words.value('altname')],
  }),
});

export const linkProperty: Grammar<LinkProperty> = {
  phrases: ['add|delete', ...vocabulary.phrases],
  read(words, context) {
    const action = words.oneOf('property', ['add', 'delete', 'del']);
    const { index, alternativeNames } = vocabulary.read(words, context, { alternativeNames: [] });
    if (index === undefined) throw new CommandError('which link? "dev NAME" expected');
    if (alternativeNames.length === 0) throw new CommandError('which property? "altname NAME" expected');
    return {
      operation: action === 'add' ? 'new-property' : 'delete-property',
      message: { index, alternativeNames },
    };
  },
};

/** @throws NetlinkError, SyscallError */
export async function changeProperty({ operation, message }: LinkProperty, context: Context): Promise<void> {
  await carryOut({ object: 'link', operation, message }, context);
}
