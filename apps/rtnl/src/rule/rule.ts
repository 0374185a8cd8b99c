/**
 * `rtnl rule`: the commands. Before this file: `objects.ts`. After it: `rule-selection.ts` and `rule-specification.ts`
 * read the words, `rule-fields.ts` shows.
 */
import type { RuleMessage } from '@ripstop/netlink';
import type { ObjectCommands, Shown } from '../command.ts';
import { ruleFields, ruleText } from './rule-fields.ts';
import { ruleSelection } from './rule-selection.ts';
import { ruleSpecification } from './rule-specification.ts';

export const ruleCommands: ObjectCommands<'rule'> = {
  object: 'rule',
  commands: {
    async list(words, context) {
      const { family, where } = ruleSelection(words, context);
      const rules = await context.rtnetlink.rules.list({ family });
      return rules.filter(where).map(show);
    },
    async add(words, context) {
      await context.rtnetlink.rules.add(ruleSpecification(words, context));
      return [];
    },
    async del(words, context) {
      await context.rtnetlink.rules.delete(ruleSpecification(words, context));
      return [];
    },
    async flush(words, context) {
      const { family, where } = ruleSelection(words, context);
      // As `ip`: the first rule, which finds the own addresses, stays. It is the only one of priority 0 from the beginning.
      await context.rtnetlink.rules.flush(
        { family },
        { where: (rule) => rule.priority !== undefined && where(rule) },
      );
      return [];
    },
  },
  show,
};

function show(rule: RuleMessage): Shown {
  const fields = ruleFields(rule);
  return { fields, text: ruleText(fields) };
}
