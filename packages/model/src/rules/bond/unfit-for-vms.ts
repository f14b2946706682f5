import { bondModes, carriesVmNetworks } from '../../bond/modes.ts';
import { modeOf } from '../../bond/normalise.ts';
import { isInSync } from '../../in-sync/reported-configurations.ts';
import type { AttachmentSubject } from '../subjects.ts';

/**
 * The bond below a VM network whose mode cannot carry it, how its mode is called, and the label that brings the network
 * there. A stored attachment that is out of sync and that nobody touches is not judged.
 */
export function unfitForVms({ completed, attachment }: AttachmentSubject) {
  const { network, nic, stored } = attachment;
  const bond = completed.after.bonds.get(nic ?? '');
  if (!network?.vm || !bond) return null;
  const mode = modeOf(bond.options);
  if (carriesVmNetworks(mode)) return null;
  const untouched = stored && attachment.path === null;
  if (untouched && isInSync(completed.state, stored) === false) return null;
  const labels = completed.after.labelsOn.get(bond.name) ?? [];
  return {
    bond: bond.name,
    network: network.name,
    mode: mode === null ? '(none that exists)' : `${mode} (${bondModes[mode]})`,
    label: network.label !== null && labels.includes(network.label) ? network.label : null,
  };
}
