import type { LldpElement } from '@patchbay/protocol';
import type { ApiObject } from '@patchbay/wire';

/** It has neither id nor address of its own (wire 5.8). */
export function lldpElementToWire(element: LldpElement): ApiObject<'link_layer_discovery_protocol_element'> {
  const { name, type, oui, subtype, properties } = element;
  return {
    name,
    type,
    ...(oui === undefined ? {} : { oui }),
    ...(subtype === undefined ? {} : { subtype }),
    properties: Object.entries(properties).map(([property, value]) => ({ name: property, value })),
  };
}
