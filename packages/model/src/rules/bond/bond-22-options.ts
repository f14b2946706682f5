import { bondOptionName, normalisedBondOptions } from '../../bond/normalise.ts';
import { bondOptionProblem } from '../../bond/option-problem.ts';
import { defineRule } from '../rule.ts';
import type { BondSubject } from '../subjects.ts';

export const bond22Options = defineRule({
  id: 'BOND-22',
  key: 'OHN_BOND_22',
  status: 400,
  sentence: 'Bond option {option}={value}: {reason}.',
  *find({ bond: { options, slaves, path } }: BondSubject) {
    const normalised = normalisedBondOptions(options);
    const slaveNames = slaves.flatMap((slave) => slave.name ?? []);
    const seen = new Set<string>();
    for (const { name: option, value } of options) {
      const name = bondOptionName(option);
      const spelt = normalised.get(name) ?? value;
      const twice = seen.has(name) ? 'the option is given twice' : null;
      seen.add(name);
      const reason = twice ?? bondOptionProblem(name, spelt, normalised, slaveNames);
      if (reason !== null) yield { path, values: { option, value, reason } };
    }
  },
});
