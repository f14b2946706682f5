/** DHCPRELEASE (RFC 2131 §4.4.6). */

const REQUEST = 1;
const ETHERNET = 1;
const RELEASE = 7;

/**
 * @param address that is given back; @param server that gave it, both dotted
 * @param mac by which the lease was asked for
 * @param clientId option 61, hex
 */
export function releaseMessage(address: string, server: string, mac: string, clientId: string): Buffer {
  const message = Buffer.alloc(240);
  message.set([REQUEST, ETHERNET, 6]);
  message.writeUInt32BE(Math.floor(Math.random() * 2 ** 32), 4);
  message.set(dotted(address), 12);
  message.set(Buffer.from(mac.replaceAll(':', ''), 'hex').subarray(0, 16), 28);
  message.set([99, 130, 83, 99], 236);
  return Buffer.concat([
    message,
    Buffer.from([53, 1, RELEASE]),
    Buffer.from([54, 4, ...dotted(server)]),
    option(61, Buffer.from(clientId, 'hex')),
    Buffer.from([255]),
    // Some relays drop what is shorter than BOOTP once was.
    Buffer.alloc(60),
  ]);
}

function option(code: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([code, content.length]), content]);
}

function dotted(address: string): number[] {
  return address.split('.').map(Number);
}
