/** Phase: settings of nics. Late, because some drivers take their link down for them. */
import type { EthtoolSection } from '@patchbay/protocol';
import { ethtoolChanges } from './differences.ts';
import type { Draft } from './draft.ts';

export function setEthtool(draft: Draft): void {
  for (const wanted of draft.target.links.values()) {
    const link = draft.now(wanted);
    if (link === undefined || wanted.ethtool === undefined) continue;
    for (const [section, values] of Object.entries(wanted.ethtool)) {
      const differing = ethtoolChanges(section, values, link);
      if (differing.length === 0) continue;
      draft.do({
        kind: 'ethtool.set',
        device: link.name,
        section: section as EthtoolSection,
        values: Object.fromEntries(differing),
      });
    }
  }
}
