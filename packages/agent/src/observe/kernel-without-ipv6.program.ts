/** For tests, on a kernel without IPv6: what it shows, what it refuses, and a network that it takes nevertheless. Prints JSON. */
import { ip, kernel, network } from '../execute/real-kernel-for-tests.ts';
import { planFor, planRestore } from '../plan/plan-for.ts';

const before = await kernel.observe();
const config = (part: object) => ({ bonds: {}, networks: { red: network({ base: 'eth1', ...part }) } });
const refused = planFor(before, config({ ipv6: { method: 'autoconf' } }));
const planned = planFor(before, config({ ipv4: ip('192.0.2.5', '192.0.2.1') }));
const executed = planned.ok ? await kernel.execute(planned.value.ops) : planned;
const after = await kernel.observe();
const undone = await kernel.execute(planRestore(after, before).ops);
const said = {
  ipv6: before.capabilities?.ipv6,
  refused: refused.ok ? null : refused.problem.code,
  executed,
  addresses: after.links.find(({ name }) => name === 'red')?.addresses.map(({ address }) => address),
  undone,
};
process.stdout.write(`${JSON.stringify(said)}\n`, () => process.exit(0));
