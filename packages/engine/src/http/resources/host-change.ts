/** How every call that changes a host is answered: it is carried out, or with `preview` only shown. */
import { previewToWire } from '../../mapping/preview.ts';
import { changeHost, type HostChange } from '../../operations/change-host.ts';
import type { Engine } from '../../operations/engine.ts';
import type { Build } from '../../operations/judge-change.ts';
import { previewChange } from '../../operations/preview-change.ts';
import { Problem } from '../../problem.ts';
import { type Answer, type ApiRequest, entity } from '../api.ts';
import { actorOf } from './common.ts';
import { inItsOwnTime } from './in-its-own-time.ts';

interface Wanted {
  hostId: string;
  /** For job and event: what is being done, without the host's name. */
  description: string;
  build: Build;
  /** Done with the outcome of what was carried out, before it is answered. */
  ended?(outcome: HostChange | Problem): Promise<void>;
}

/** @param answer what a change that succeeded is answered with */
export async function answerHostChange(
  engine: Engine,
  request: ApiRequest,
  { hostId, description, build, ended }: Wanted,
  answer: (change: HostChange) => Answer | Problem,
): Promise<Answer | Problem> {
  const rehearse = request.query.flag('rehearse');
  if (request.query.flag('preview') === true) {
    const preview = await previewChange(engine, hostId, build, rehearse);
    return preview instanceof Problem ? preview : entity('host_change_preview', previewToWire(request.base, preview));
  }
  const host = await engine.store.get('host', hostId);
  return inItsOwnTime(engine, request, `${description} on host ${host?.name ?? hostId}`, hostId, async (options) => {
    const asked = rehearse === null ? options : { ...options, rehearse };
    const outcome = await changeHost(engine, hostId, actorOf(request), description, build, asked);
    await ended?.(outcome);
    return outcome instanceof Problem ? outcome : answer(outcome);
  });
}
