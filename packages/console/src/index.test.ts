import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostState } from '@patchbay/model/testing';
import { hostSummary } from './index.ts';

test('a host in one line', () => {
  const state = hostState();
  assert.match(
    hostSummary(state),
    new RegExp(`^${state.host.name}: ${state.host.status}, ${state.attachments.length} network`),
  );
});
