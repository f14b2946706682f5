/** The MAC pool and the scheduling policy that a cluster or a data centre is given, by id or name. */
import type { ApiObject } from '@patchbay/wire';
import { schedulingPolicies } from '../../mapping/constants.ts';
import type { Engine } from '../../operations/engine.ts';
import { notFound, type Problem } from '../../problem.ts';
import { resolve } from './common.ts';

type Given = Pick<ApiObject<'cluster'>, 'mac_pool' | 'scheduling_policy'>;

/** @returns the references by id alone, those that were sent; 404 for one that leads nowhere */
export async function poolAndPolicy({ store }: Engine, body: Given): Promise<Given | Problem> {
  const { mac_pool: pool, scheduling_policy: policy } = body;
  const foundPool = pool && resolve(await store.list('kept', 'mac_pool'), pool);
  if (pool !== undefined && foundPool === undefined) return notFound('MAC pool', pool.id ?? pool.name ?? '');
  const foundPolicy = policy && resolve(schedulingPolicies, policy);
  if (policy !== undefined && foundPolicy === undefined) {
    return notFound('scheduling policy', policy.id ?? policy.name ?? '');
  }
  return {
    ...(foundPool === undefined ? {} : { mac_pool: { id: foundPool.id } }),
    ...(foundPolicy === undefined ? {} : { scheduling_policy: { id: foundPolicy.id } }),
  };
}
