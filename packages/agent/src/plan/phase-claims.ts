/** Phase: devices change hands, before the first step that other managers could answer, and back after the last. */
import type { Draft } from './draft.ts';

export function claimDevices(draft: Draft): void {
  for (const { manager, claims } of draft.target.claims.wanted) draft.do({ kind: 'manager.claim', manager, claims });
}

export function releaseDevices(draft: Draft): void {
  for (const { manager, devices } of draft.target.claims.unwanted) {
    draft.do({ kind: 'manager.release', manager, devices });
  }
}
