/**
 * `rtnl rule`: the commands. Before this file: `objects.ts`. After it: `rule-selection.ts` and `rule-specification.ts`
 * read the words, `rule-fields.ts` and `rule-text.ts` show.
 */
import type { RuleMessage } from '@ripstop/netlink';
import { changing, type ObjectCommands, type Shown, showing } from '../command.ts';
import { ruleFields } from './rule-fields.ts';
import { ruleSelection } from './rule-selection.ts';
import { ruleSpecification } from './rule-specification.ts';
import { ruleText } from './rule-text.ts';

export const ruleCommands: ObjectCommands<'rule'> = {
  commands: {
    list: showing(ruleSelection, async ({ filter, where }, { rtnetlink }) => {
      const rules = await rtnetlink.rules.list(filter);
      return rules.filter(where).map(show);
    }),
    add: changing(ruleSpecification, (rule, { rtnetlink }) => rtnetlink.rules.add(rule)),
    delete: changing(ruleSpecification, (rule, { rtnetlink }) => rtnetlink.rules.delete(rule)),
    // As `ip`: the first rule, which finds the own addresses, stays. It is the only one of priority 0 from the beginning.
    flush: changing(ruleSelection, ({ filter, where }, { rtnetlink }) =>
      rtnetlink.rules.flush(filter, { where: (rule) => rule.priority !== undefined && where(rule) }),
    ),
  },
  show,
};

function show(rule: RuleMessage): Shown {
  const fields = ruleFields(rule);
  return { fields, text: () => ruleText(fields) };
}
