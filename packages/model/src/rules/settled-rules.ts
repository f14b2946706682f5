/** Rules that need no function of their own: they allow something, or what they refuse cannot come about. Each has a test by its id. */
export interface SettledRule {
  id: string;
  /** How it is settled, in a sentence. */
  how: string;
  /** The file with its test, from the root. */
  test: string;
}

const here = 'packages/model/src/rules/settled-rules.test.ts';
const overHttp = 'test/api/settled-rules.test.ts';

/** For documents only: nothing here decides anything. */
export const settledRules: readonly SettledRule[] = [
  { id: 'ATT-19', how: 'An attachment to a bond that the request removes is refused by BOND-18.', test: here },
  { id: 'IP-01', how: 'Completion gives every attachment both address families, with method none.', test: here },
  {
    id: 'MGMT-02',
    how: 'The management network may move to another nic or bond and change its address; the connectivity check protects it.',
    test: here,
  },
  {
    id: 'LBL-23',
    how: 'What a label brings is judged by every other rule; the message then ends with "(through label …)".',
    test: here,
  },
  {
    id: 'RT-01',
    how: 'A cluster has one default route: giving the role to a network takes it from the other.',
    test: here,
  },
  {
    id: 'NET-17',
    how: 'Networks are made one after the other, so the second of one name is refused by NET-04.',
    test: overHttp,
  },
  {
    id: 'CLN-12',
    how: 'The API gives one network to one cluster at a time; the second time is refused by CLN-01.',
    test: overHttp,
  },
];
