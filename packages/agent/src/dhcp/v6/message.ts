/**
 * DHCPv6 messages between a client and its servers (RFC 8415 §8, §21), as far as one address per network needs them. What comes in
 * is from the net: whatever is not as it should be is no message.
 */
import { bitsOf, textOf } from '../../ip-address.ts';

/** Message types. */
export const SOLICIT = 1;
export const ADVERTISE = 2;
export const REQUEST = 3;
export const CONFIRM = 4;
export const RENEW = 5;
export const REBIND = 6;
export const REPLY = 7;
export const RELEASE = 8;
export const DECLINE = 9;

/** Status codes. */
export const SUCCESS = 0;
export const NO_BINDING = 3;
export const NOT_ON_LINK = 4;

const CLIENT_ID = 1;
const SERVER_ID = 2;
const IA_NA = 3;
const IA_ADDRESS = 5;
const OPTION_REQUEST = 6;
const PREFERENCE = 7;
const ELAPSED = 8;
const STATUS = 13;
const NAME_SERVERS = 23;
const SOLICIT_MAXIMUM = 82;

/** Lifetime without end. */
export const FOR_EVER = 0xffffffff;

export interface Question {
  type: number;
  /** 24 bits. */
  transaction: number;
  /** DUID of this client, hex. */
  client: string;
  /** DUID of the server that is meant, hex; null for all. */
  server: string | null;
  /** 4 bytes, hex. */
  iaid: string;
  /** Address that is asked for or meant; null for any. */
  address: string | null;
  /** Milliseconds since the first message of the exchange. */
  elapsed: number;
}

export interface Answer {
  type: number;
  transaction: number;
  client: string;
  server: string;
  /** 0 to 255; 255 asks not to wait for others. */
  preference: number;
  /** Of the message, or else of the association within it. */
  status: number;
  /** Null when there is none in it. */
  association: {
    /** Seconds until the client should renew or rebind; 0 leaves it to the client. */
    renew: number;
    rebind: number;
    addresses: { address: string; preferred: number; valid: number }[];
  } | null;
  nameservers: string[];
  /** Longest pause between questions, seconds; null when the server says nothing of it. */
  longestPause: number | null;
}

export function encode(question: Question): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(question.transaction & 0xffffff);
  header.writeUInt8(question.type);
  const elapsed = Buffer.alloc(2);
  elapsed.writeUInt16BE(Math.min(0xffff, Math.round(question.elapsed / 10)));
  const wants = Buffer.alloc(4);
  wants.writeUInt16BE(NAME_SERVERS);
  wants.writeUInt16BE(SOLICIT_MAXIMUM, 2);
  return Buffer.concat([
    header,
    option(CLIENT_ID, Buffer.from(question.client, 'hex')),
    ...(question.server === null ? [] : [option(SERVER_ID, Buffer.from(question.server, 'hex'))]),
    option(ELAPSED, elapsed),
    ...(question.type === RELEASE || question.type === DECLINE ? [] : [option(OPTION_REQUEST, wants)]),
    option(IA_NA, association(question)),
  ]);
}

/** IAID, two zero times that leave the choice to the server, and the address. */
function association({ iaid, address }: Question): Buffer {
  const head = Buffer.concat([Buffer.from(iaid, 'hex'), Buffer.alloc(8)]);
  if (address === null) return head;
  // Zero lifetimes: the server decides.
  return Buffer.concat([head, option(IA_ADDRESS, Buffer.concat([bytesOf(address), Buffer.alloc(8)]))]);
}

function option(code: number, content: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(code);
  head.writeUInt16BE(content.length, 2);
  return Buffer.concat([head, content]);
}

/** @returns null when the bytes are no answer of a server; of associations only the one with this id counts */
export function decode(bytes: Buffer, iaid: string): Answer | null {
  if (bytes.length < 4) return null;
  const type = bytes.readUInt8();
  const options = optionsOf(bytes.subarray(4));
  if (options === null || (type !== ADVERTISE && type !== REPLY)) return null;
  const client = options.get(CLIENT_ID)?.[0]?.toString('hex');
  const server = options.get(SERVER_ID)?.[0]?.toString('hex');
  if (client === undefined || !server) return null;
  const own = (options.get(IA_NA) ?? []).find((content) => content.toString('hex', 0, 4) === iaid);
  const inside = own === undefined || own.length < 12 ? null : optionsOf(own.subarray(12));
  const longest = options.get(SOLICIT_MAXIMUM)?.[0];
  return {
    type,
    transaction: bytes.readUIntBE(1, 3),
    client,
    server,
    preference: options.get(PREFERENCE)?.[0]?.[0] ?? 0,
    status: statusOf(options) || statusOf(inside),
    association:
      own === undefined || inside === null
        ? null
        : { renew: own.readUInt32BE(4), rebind: own.readUInt32BE(8), addresses: addressesOf(inside) },
    nameservers: (options.get(NAME_SERVERS) ?? []).flatMap(serversOf),
    longestPause: longest?.length === 4 ? longest.readUInt32BE() : null,
  };
}

type Options = Map<number, Buffer[]>;

function optionsOf(bytes: Buffer): Options | null {
  const options: Options = new Map();
  for (let at = 0; at < bytes.length; ) {
    if (at + 4 > bytes.length) return null;
    const end = at + 4 + bytes.readUInt16BE(at + 2);
    if (end > bytes.length) return null;
    const code = bytes.readUInt16BE(at);
    options.set(code, [...(options.get(code) ?? []), bytes.subarray(at + 4, end)]);
    at = end;
  }
  return options;
}

function statusOf(options: Options | null): number {
  const content = options?.get(STATUS)?.[0];
  return content === undefined || content.length < 2 ? SUCCESS : content.readUInt16BE();
}

function addressesOf(inside: Options): { address: string; preferred: number; valid: number }[] {
  return (inside.get(IA_ADDRESS) ?? []).flatMap((content) => {
    if (content.length < 24 || statusOf(optionsOf(content.subarray(24))) !== SUCCESS) return [];
    const [preferred, valid] = [content.readUInt32BE(16), content.readUInt32BE(20)];
    return valid === 0 || preferred > valid ? [] : [{ address: addressOf(content.subarray(0, 16)), preferred, valid }];
  });
}

function serversOf(content: Buffer): string[] {
  const count = Math.floor(content.length / 16);
  return Array.from({ length: count }, (_, at) => addressOf(content.subarray(at * 16, at * 16 + 16)));
}

function addressOf(bytes: Buffer): string {
  return textOf(BigInt(`0x${bytes.toString('hex')}`), 6);
}

function bytesOf(address: string): Buffer {
  return Buffer.from((bitsOf(address) ?? 0n).toString(16).padStart(32, '0'), 'hex');
}
