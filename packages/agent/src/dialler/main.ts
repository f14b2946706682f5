/**
 * `dialler.mjs`: the one process of a host that speaks with the network. It has no privileges: the agent starts it as a user
 * that may do nothing, gives it the host's certificate over the socket between them, and does not believe what it says.
 */
import * as z from 'zod/mini';
import { webSockets } from '../link/web-socket.ts';
import { Order } from './messages.ts';
import { serve } from './serve.ts';

const take = serve(webSockets, (news) => {
  // The agent may just have ended; then so does this.
  if (process.connected) process.send?.(news, undefined, undefined, () => {});
});
process.on('message', (message) => take(z.parse(Order, message)));
process.on('disconnect', () => process.exit(0));
// A service manager that ends the agent's whole group lets the agent say good-bye first.
process.on('SIGTERM', () => {});
process.on('SIGINT', () => {});
