/** How much of the kills, as `script/test sweep all|agent` asks; otherwise it is a part that is the same each time and has something of every state. */
import { type Victim, victims } from './scripted-host.ts';

const asked = process.env['PATCHBAY_SWEEP'];

export const whole = asked === 'all';
/** Milliseconds for what is asked for. */
export const limit = asked === undefined ? 2_400_000 : 6 * 3_600_000;
/** Who dies at every point; nobody in the part. */
export const everywhere: readonly Victim[] = whole ? victims : asked === 'agent' ? ['agent'] : [];
