import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keep, overlay } from './kept.ts';

test('what a client did not send stays, in structures as well', () => {
  const first = keep('cluster', undefined, { ksm: { enabled: true, merge_across_nodes: false }, ha_reservation: true });
  const second = keep('cluster', first, { ksm: { merge_across_nodes: true }, required_rng_sources: ['hwrng'] });
  assert.deepEqual(second, {
    ksm: { enabled: true, merge_across_nodes: true },
    ha_reservation: true,
    required_rng_sources: ['hwrng'],
  });
  assert.deepEqual(keep('cluster', second, { required_rng_sources: [] })['required_rng_sources'], []);
});

test('only some members of a structure are kept', () => {
  const sent = { power_management: { enabled: true, username: 'root', password: 'x' }, os: { type: 'Linux' } };
  assert.deepEqual(keep('host', undefined, sent), { power_management: { enabled: true } });
  assert.deepEqual(keep('host', undefined, { root_password: 'x', name: 'h' }), {});
});

test('what was said stands above what is shown otherwise', () => {
  const shown = { os: { type: 'Linux', custom_kernel_cmdline: '' }, versions: [1, 2], port: 1 };
  assert.deepEqual(overlay(shown, { os: { custom_kernel_cmdline: 'quiet' }, versions: [3] }), {
    os: { type: 'Linux', custom_kernel_cmdline: 'quiet' },
    versions: [3],
    port: 1,
  });
});
