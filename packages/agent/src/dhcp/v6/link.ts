/**
 * The sockets of a DHCPv6 client (RFC 8415 §7): everything goes between the device's link-local address and the group of all servers
 * and relays, so that this is ordinary UDP, and clients of several devices do not get in each other's way.
 */
import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';

const CLIENT_PORT = 546;
const SERVER_PORT = 547;
const SERVERS = 'ff02::1:2';
/** Milliseconds between looks at a link-local address that others are still being asked about; nothing tells when it may be used. */
const LOOK_AGAIN = 200;

export class Link6 {
  readonly #device: string;
  readonly #hear: (bytes: Buffer) => void;
  #socket: Promise<Socket> | null = null;
  /** The last one that something could not be sent with. */
  #broken: Socket | null = null;
  #closed = false;

  constructor(device: string, hear: (bytes: Buffer) => void) {
    this.#device = device;
    this.#hear = hear;
  }

  /** Resolves when something can be sent. */
  async ready(): Promise<void> {
    await this.#open();
  }

  /**
   * To every server and relay. What cannot be sent is lost, as on any wire; the socket is opened anew for the next, but not for who goes
   * on asking after the end: answers to others on the device would go there.
   */
  send(bytes: Buffer): void {
    if (this.#closed) return;
    void this.#open().then((socket) =>
      socket.send(bytes, SERVER_PORT, `${SERVERS}%${this.#device}`, (error) => {
        if (error !== null) this.#broken = socket;
      }),
    );
  }

  close(): void {
    this.#closed = true;
    void this.#socket?.then((socket) => socket.close());
    this.#socket = null;
  }

  /** The kernel goes on sending from an address that has gone, where no answer can arrive: a socket that is bound to one is exchanged. */
  #open(): Promise<Socket> {
    this.#socket =
      this.#socket?.then((socket) => {
        if (socket !== this.#broken && isReachable(socket, this.#device)) return socket;
        socket.close();
        return this.#bind();
      }) ?? this.#bind();
    return this.#socket;
  }

  async #bind(): Promise<Socket> {
    for (;;) {
      const socket = await bound(this.#device);
      if (socket !== null) {
        socket.on('message', this.#hear);
        // The address has gone, and perhaps the device.
        socket.on('error', () => {
          this.#broken = socket;
        });
        return socket;
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
      if (this.#closed) return new Promise(() => {});
    }
  }
}

/** @returns null while the device has no link-local address that may be used */
async function bound(device: string): Promise<Socket | null> {
  const [own] = linkLocals(device);
  if (own === undefined) return null;
  const socket = createSocket({ type: 'udp6', reuseAddr: true });
  return new Promise((resolve) => {
    socket.once('error', () => {
      socket.close();
      resolve(null);
    });
    socket.bind(CLIENT_PORT, `${own}%${device}`, () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

/** Whether answers arrive at what the socket is bound to. A device without a carrier shows no address, and has the same ones later. */
function isReachable(socket: Socket, device: string): boolean {
  const [bound = ''] = socket.address().address.split('%');
  const own = linkLocals(device);
  return own.length === 0 || own.includes(bound);
}

/** Link-local addresses of a device that has a carrier, also those that may not be used yet. */
function linkLocals(device: string): string[] {
  const own = networkInterfaces()[device] ?? [];
  return own.flatMap(({ family, address }) => (family === 'IPv6' && address.startsWith('fe80:') ? [address] : []));
}
