import { SaxesParser } from 'saxes';

/** What a document consists of, in the order of the text. Offsets are in UTF-16 units, behind what was read. */
export interface Handler {
  open(name: string, attributes: Readonly<Record<string, string>>, offset: number): void;
  text(text: string): void;
  close(): void;
  /** The document is not well-formed, or holds what no request needs. Must throw. */
  refuse(problem: string, offset: number): never;
}

/** Runs through a document. A handler may end it by throwing. */
export function parseXml(document: string, handler: Handler): void {
  const parser = new SaxesParser<{ position: false; xmlns: false }>({ position: false, xmlns: false });
  const refuse = (problem: string): never => handler.refuse(problem, parser.position);
  const text = (piece: string): void => handler.text(piece);
  // With more than seven handlers the engine keeps the parser's properties in a hash table, and parsing takes a fifth
  // longer. Hence no handler for the declaration, which can be looked at afterwards.
  parser.on('error', (error) => refuse(error.message));
  parser.on('doctype', () => refuse('a document type is not allowed'));
  parser.on('processinginstruction', () => refuse('a processing instruction is not allowed'));
  parser.on('opentag', ({ name, attributes }) => handler.open(name, attributes, parser.position));
  parser.on('text', text);
  parser.on('cdata', text);
  parser.on('closetag', () => handler.close());
  parser.write(document);
  const { version = '1.0', encoding = 'utf-8' } = parser.xmlDecl;
  if (version !== '1.0') handler.refuse('only XML 1.0 is read', 0);
  if (encoding.toLowerCase() !== 'utf-8') handler.refuse('only the encoding UTF-8 is read', 0);
  parser.close();
}
