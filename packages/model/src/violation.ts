/** A rule's "no", as a value. */
export interface Violation {
  /** Stable rule id, for example `BOND-06`. */
  rule: string;
  /** oVirt's message key, or ours (`OHN_…`) where it has none. */
  key: string;
  status: 400 | 404 | 409 | 403 | 405;
  /** One sentence that names the things involved and what to do. */
  message: string;
  /** Place in the request, when it is one place. */
  path: string | null;
}

/** Names of events, as the audit log has them. */
export type WarningEvent =
  | 'BOND_SLAVES_UNEVEN'
  | 'HOST_MANAGEMENT_ADDRESS_CHANGED'
  | 'NETWORK_IPV4_GATEWAY_OUT_OF_RANGE'
  | 'NETWORK_NAME_SERVERS_WITHOUT_DEFAULT_ROUTE'
  | 'NETWORK_REMOVING_IPV6_GATEWAY_FROM_OLD_DEFAULT_ROUTE_ROLE_ATTACHMENT';

/** Something worth an event that does not refuse the change (for example IP-12). */
export interface Warning {
  rule: string;
  event: WarningEvent;
  message: string;
}

export type Result<T> = { ok: true; value: T } | { ok: false; violations: Violation[] };
