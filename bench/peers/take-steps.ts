/**
 * Runs on a lab host: `take-steps.ts CONTENDER GUARD ADDRESS`. Each line that comes is a step, as JSON; the answer is how many
 * milliseconds it took, when all of it stands.
 */
import { createInterface } from 'node:readline';
import { agent } from './agent.ts';
import { batch } from './batch.ts';
import { type Contender, Outstanding } from './contender.ts';
import { type Device, devicesOf } from './devices.ts';
import { ifupdown2 } from './ifupdown2.ts';
import { networkManager } from './network-manager.ts';
import { home, type Step } from './steps.ts';

const [name = '', guard = '', address = ''] = process.argv.slice(2);
const contenders: Record<string, () => Promise<Contender>> = {
  agent: () => agent(guard, address),
  NetworkManager: networkManager,
  ifupdown2: () => ifupdown2(process.env['PATCHBAY_MANAGERS'] ?? ''),
  'ip -batch': async () => batch,
};
const contender = await contenders[name]?.();
if (contender === undefined) throw new Error(`Nobody is called ${name}.`);
const start: Step = { name: 'start', config: home(address), batch: [] };
await contender.take(start);
let before: Device[] = devicesOf(start.config);
console.log('ready');
for await (const line of createInterface(process.stdin)) {
  const step: Step = JSON.parse(line);
  const outstanding = new Outstanding(before, step);
  const took = await contender.take(step);
  before = devicesOf(step.config);
  const missing = outstanding.first();
  if (missing !== null)
    throw new Error(`${name} said it had done ${step.name}, but ${missing} is not as it should be.`);
  console.log(took);
}
process.exit(0);
