import type { Completed } from '../../complete/completed.ts';
import { defineRule } from '../rule.ts';

const maximum = 120;

export const req01ConnectivityTimeout = defineRule({
  id: 'REQ-01',
  key: 'VALIDATION_CONNECTIVITY_TIMEOUT_INVALID',
  status: 400,
  sentence: 'connectivity_timeout must be between 1 and {maximum} seconds, got {value}.',
  *find({ request: { connectivityTimeout: value } }: Completed) {
    if (value >= 1 && value <= maximum) return;
    yield { path: 'connectivity_timeout', values: { maximum, value } };
  },
});
