/**
 * JSON content as the XML a client would write: `id` is an attribute, a list repeats its element. Not the product's own
 * encoder, which could share an error with the decoder that reads it.
 */
export function asXml(name: string, content: unknown): string {
  if (Array.isArray(content)) return content.map((entry) => asXml(name, entry)).join('');
  if (typeof content !== 'object' || content === null) return `<${name}>${escaped(String(content))}</${name}>`;
  const { id, ...members } = content as Record<string, unknown>;
  const attribute = id === undefined ? '' : ` id="${escaped(String(id))}"`;
  const inner = Object.entries(members).map(([member, value]) => asXml(member, value));
  return `<${name}${attribute}>${inner.join('')}</${name}>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
