import type { Attachment, Qos } from '../entities.ts';

/**
 * How the network is shaped on the host: by the attachment's override if there is one, else by the network's named QoS. An
 * override without values wins too and means "not shaped" (oVirt's `EffectiveHostNetworkQos`). Null when it is not shaped.
 */
export function effectiveQos(
  attachment: Pick<Attachment, 'qos'>,
  network: { readonly qos: Qos | null } | null,
): Qos | null {
  const qos = attachment.qos ?? network?.qos ?? null;
  return qos === null || isEmptyQos(qos) ? null : qos;
}

export function isEmptyQos(qos: Qos): boolean {
  return (
    qos.outboundAverageLinkshare === null &&
    qos.outboundAverageUpperlimit === null &&
    qos.outboundAverageRealtime === null
  );
}

export function sameQos(one: Qos | null, other: Qos | null): boolean {
  if (one === null || other === null) return one === other;
  return (
    one.outboundAverageLinkshare === other.outboundAverageLinkshare &&
    one.outboundAverageUpperlimit === other.outboundAverageUpperlimit &&
    one.outboundAverageRealtime === other.outboundAverageRealtime
  );
}
