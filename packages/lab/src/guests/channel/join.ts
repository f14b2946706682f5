import type { Socket } from 'node:net';
import type { Lane } from './lane.ts';

/**
 * Makes a TCP connection and a lane one: bytes, each direction's end on its own, and a reset of either as a reset of
 * the other.
 */
export function join(socket: Socket, lane: Lane): void {
  socket.pipe(lane);
  lane.pipe(socket);
  socket.once('error', () => lane.destroy());
  lane.once('error', () => socket.resetAndDestroy());
  // A reset that a peer sent after its end raises no error here.
  socket.once('close', () => {
    // After a clean end the lane may still have bytes to carry.
    if (!socket.readableEnded || !socket.writableFinished) lane.destroy();
  });
  lane.once('close', () => {
    if (!lane.readableEnded || !lane.writableFinished) socket.resetAndDestroy();
  });
}
