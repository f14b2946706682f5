/** The dialler's side: opens channels as it is told, and passes frames both ways. */
import type { Channel, Credentials, OpenChannel } from '../link/channel.ts';
import type { News, Order } from './messages.ts';

/** @returns takes the agent's orders, one by one */
export function serve(webSockets: (credentials: Credentials) => OpenChannel, tell: (news: News) => void) {
  const opening = new Map<number, AbortController>();
  const open = new Map<number, Channel>();
  const start = async ({
    channel,
    url,
    timeout,
    from,
    credentials,
  }: Extract<Order, { kind: 'open' }>): Promise<void> => {
    const abort = new AbortController();
    opening.set(channel, abort);
    try {
      const hear = (text: string): void => tell({ kind: 'frame', channel, text });
      const made = await webSockets(credentials)(url, hear, timeout, { signal: abort.signal, from });
      open.set(channel, made);
      tell({ kind: 'opened', channel, ends: made.ends });
      void made.closed.then(() => {
        open.delete(channel);
        tell({ kind: 'closed', channel });
      });
    } catch (error) {
      tell({ kind: 'failed', channel, reason: error instanceof Error ? error.message : String(error) });
    } finally {
      opening.delete(channel);
    }
  };
  const enrol = async ({ join, machineId }: Extract<Order, { kind: 'enrol' }>): Promise<void> => {
    // Only needed once in a host's life, and half of the program.
    const { EnrolRefused, requestIdentity } = await import('../link/enrol.ts');
    try {
      tell({ kind: 'enrolled', identity: await requestIdentity(join, machineId) });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      tell({ kind: 'not enrolled', refused: error instanceof EnrolRefused, reason });
    }
  };
  return (order: Order): void => {
    switch (order.kind) {
      case 'open':
        void start(order);
        break;
      case 'give up':
        opening.get(order.channel)?.abort();
        break;
      case 'frame':
        open.get(order.channel)?.send(order.text);
        break;
      case 'close':
        open.get(order.channel)?.close();
        break;
      case 'enrol':
        void enrol(order);
    }
  };
}
