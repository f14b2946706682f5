/** A rule that the engine holds itself, because it is about the request or about time and not about a host's networks. */
export interface EngineRule {
  id: string;
  status: number;
  /** What is refused. */
  refuses: string;
  /** The file that refuses it, from the root, and the name of the function in it. */
  file: string;
  where: string;
}

const attachments = 'packages/engine/src/http/resources/attachments.ts';
const networks = 'packages/engine/src/http/resources/networks.ts';
const common = 'packages/engine/src/http/resources/common.ts';

/** For documents only: nothing here decides anything. */
export const engineRules: readonly EngineRule[] = [
  {
    ...{ id: 'HOST-01', status: 400, file: 'packages/engine/src/operations/judge-change.ts', where: 'goneMeanwhile' },
    refuses:
      'A change of a host that was removed while the change waited or was under way; before that, its address is not found (REQ-04).',
  },
  {
    ...{ id: 'HOST-03', status: 409, file: 'packages/engine/src/operations/change-host.ts', where: 'changeHost' },
    refuses: 'A change of a host on which another change or refresh runs and does not end in time.',
  },
  {
    ...{ id: 'HOST-03', status: 409, file: 'packages/engine/src/operations/settle-former.ts', where: 'settleFormer' },
    refuses: 'A change or refresh of a host that is still busy with a change whose end was never heard.',
  },
  {
    ...{ id: 'HOST-03', status: 409, file: 'packages/engine/src/operations/commit-host.ts', where: 'ask' },
    refuses: 'Committing the configuration of a host, or refreshing it, while another change or refresh runs.',
  },
  {
    ...{ id: 'REQ-02', status: 400, file: attachments, where: 'scoped' },
    refuses: 'Adding an attachment that names no network by id or name.',
  },
  {
    ...{ id: 'REQ-03', status: 400, file: attachments, where: 'scoped' },
    refuses: 'Adding an attachment under a nic while the body names another.',
  },
  {
    ...{ id: 'REQ-04', status: 404, file: common, where: 'findState' },
    refuses: 'An address with a host that is not known.',
  },
  {
    ...{ id: 'REQ-04', status: 404, file: common, where: 'findNic' },
    refuses: 'An address with a nic that the host does not have.',
  },
  {
    ...{ id: 'REQ-06', status: 404, file: attachments, where: 'findAttachment' },
    refuses: 'An address with an attachment of another host or, below a nic, of another nic.',
  },
  {
    ...{ id: 'REQ-08', status: 400, file: 'packages/engine/src/http/api.ts', where: 'decodeBody' },
    refuses: 'A body with an element or a value that is not understood; the wire package finds it.',
  },
  {
    ...{ id: 'ATT-17', status: 400, file: 'packages/engine/src/http/api.ts', where: 'decodeBody' },
    refuses: 'Adding or changing an attachment without a body. The id of the one to change is in the address.',
  },
  {
    ...{ id: 'NET-01', status: 400, file: networks, where: 'unknownDataCentre' },
    refuses: 'Creating a network in a data centre that is missing or not known.',
  },
  {
    ...{ id: 'NET-13', status: 404, file: networks, where: 'networks' },
    refuses: 'Changing a network that is not known.',
  },
  {
    ...{ id: 'CLN-02', status: 404, file: networks, where: 'clusterNetworks' },
    refuses: 'Giving a cluster a network that is not known, or a network to a cluster that is not known.',
  },
  {
    ...{ id: 'VF-01', status: 404, file: common, where: 'findNic' },
    refuses: 'Virtual functions of a nic that the host does not have.',
  },
  {
    ...{ id: 'CLN-13', status: 400, file: networks, where: 'clusterNetworks' },
    refuses: 'Giving a cluster a network whose id and name do not belong together.',
  },
];
