/** What is wrong, for programs and for people. */
import * as z from 'zod/mini';

/** Stable codes of what an agent can answer; those of VDSM keep their names. */
export const AgentProblem = z.object({
  code: z.enum([
    'ERR_BAD_PARAMS',
    'ERR_BAD_ADDR',
    'ERR_BAD_NIC',
    'ERR_USED_NIC',
    'ERR_BAD_BONDING',
    'ERR_BAD_VLAN',
    'ERR_BAD_BRIDGE',
    'ERR_USED_BOND',
    'ERR_UNSUPPORTED',
    'ERR_LOST_CONNECTION',
    'ERR_REHEARSAL',
    'ERR_MANAGER_CONFLICT',
    'ERR_HAND_BACK',
    'ERR_STEP_FAILED',
    /** A step as well: the number of virtual functions. By oVirt's name, which its clients know. */
    'UPDATE_NUM_VFS_FAILURE',
    'ERR_VERIFY',
    'ERR_BUSY',
    'ERR_EPOCH',
    'ERR_INTERRUPTED',
    'ERR_REVERT',
    'ERR_INTERNAL',
  ]),
  /** One sentence that names the things involved. */
  message: z.string(),
  /** What it left of the host; absent where the answer around it says so. */
  outcome: z.optional(z.enum(['unchanged', 'reverted', 'unknown'])),
});
export type AgentProblem = z.infer<typeof AgentProblem>;
