/** Patchbay's agent: the whole transaction, on a host that knows which way its engine is. */
import { AgentUnderTest } from '../host/agent-under-test.ts';
import type { Contender } from './contender.ts';

/** @param guard script of a guard @param address of this host on the way to its engine */
export async function agent(guard: string, address: string): Promise<Contender> {
  const connection = { local: address, remote: '192.168.100.1' };
  const underTest = await AgentUnderTest.start('/var/lib/patchbay-bench', guard, connection);
  return {
    async take({ config }) {
      const { total } = await underTest.change(config);
      return total;
    },
  };
}
